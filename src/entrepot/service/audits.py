"""The part of the service that tells who did what."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from entrepot.access.permissions import bound_tenant, is_bound
from entrepot.adapters import Adapters
from entrepot.model.audit import Action, Anchor, AuditFilter, AuditLine, Verdict
from entrepot.model.errors import AccessError, InputError
from entrepot.use_cases.audited_names import named_database
from entrepot.use_cases.auditing import recorded

if TYPE_CHECKING:
    from entrepot.exporting.plan import ExportOptions
    from entrepot.exporting.publish import ExportOutcome
    from entrepot.ledger.audit import Audit
    from entrepot.model.operations import Operations, Period

ALL = AuditFilter()


class TellsAudit:
    """A part of `service.Entrepot`. Whoever is bound to a tenant learns of the own one."""

    _adapters: Adapters

    def audit(self, which: AuditFilter = ALL, *, limit: int = 50) -> tuple[AuditLine, ...]:
        """The newest lines first; of an action that has ended, the one that says how."""
        from entrepot.model.operations import without_ended

        with recorded(self._adapters, Action.SHOW_AUDIT), self._audit() as audit:
            found = audit.latest(2 * limit, self._own(which)) if audit else ()
            return tuple(islice(without_ended(found), limit))

    def verify_audit(self, known: str | None = None) -> Verdict:
        """Whether all lines are what they were when they were written. `known` is the last one as a verdict of before
        named it (`NUMBER:SEAL`): it must still be there."""
        anchor = None if known is None else anchor_of(known)
        with recorded(self._adapters, Action.SHOW_AUDIT), self._audit() as audit:
            if is_bound(self._adapters.principal):
                raise AccessError(
                    "not_allowed",
                    f"{self._adapters.principal.name} is bound to a tenant, and may not verify the audit of all.",
                    remedy="Ask a system administrator.",
                )
            return audit.verify(anchor) if audit else nothing_written(anchor)

    def export_audit(
        self, *, to: str | Path, which: AuditFilter = ALL, options: ExportOptions | None = None
    ) -> ExportOutcome:
        """The lines as a file of any format, in their order."""
        from entrepot.use_cases.audit_files import lines_file

        with recorded(self._adapters, Action.AUDIT_EXPORT, to) as told, self._audit() as audit:
            lines = audit.lines(self._own(which)) if audit else iter(())
            return told(lines_file(self._adapters, lines, to, options))

    def operations(self, which: AuditFilter = ALL, *, by: str = "month") -> tuple[Operations, ...]:
        """How much was done by whom, with which entity, in each `day`, `month` or `year`."""
        from entrepot.model.operations import counted

        with recorded(self._adapters, Action.SHOW_AUDIT), self._audit() as audit:
            return counted(audit.lines(self._own(which)), period_of(by)) if audit else ()

    def operations_report(
        self,
        *,
        to: str | Path,
        which: AuditFilter = ALL,
        by: str = "month",
        options: ExportOptions | None = None,
    ) -> ExportOutcome:
        """The same as a file: CSV, PDF or any other format."""
        from entrepot.model.operations import counted
        from entrepot.use_cases.audit_files import operations_file

        with recorded(self._adapters, Action.AUDIT_EXPORT, to) as told, self._audit() as audit:
            found = counted(audit.lines(self._own(which)), period_of(by)) if audit else ()
            return told(operations_file(self._adapters, found, to, options))

    def _own(self, which: AuditFilter) -> AuditFilter:
        """A key stands for another tenant in another database."""
        principal = self._adapters.principal
        own = replace(which, tenant=bound_tenant(principal, which.tenant))
        return replace(own, database=named_database(self._adapters) or "") if is_bound(principal) else own

    @contextmanager
    def _audit(self) -> Iterator[Audit | None]:
        """None: nothing was ever written, and nothing is made by looking."""
        if not self._adapters.has_state():
            yield None
            return
        with self._adapters.state() as state:
            yield state.audit


def anchor_of(text: str) -> Anchor:
    """
    >>> anchor_of("12:ab").number
    12
    """
    number, _, seal = text.partition(":")
    if not (number.isascii() and number.isdigit() and seal):
        raise InputError(
            "bad_anchor",
            f"'{text}' names no line of the audit.",
            remedy="Give it as `entrepot audit verify` prints it: a number, a colon and a seal.",
        )
    return Anchor(number=int(number), seal=seal)


def nothing_written(known: Anchor | None) -> Verdict:
    from entrepot.model.audit import Break

    words = "There is no audit at all, but a line of it was noted down."
    return Verdict(lines=0, last=None, breaks=(Break(number=known.number, words=words),) if known else ())


def period_of(word: str) -> Period:
    from entrepot.model.operations import Period
    from entrepot.model.suggest import unknown

    if word not in list(Period):
        raise unknown("period", word, list(Period))
    return Period(word)
