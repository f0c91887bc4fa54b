"""Entrepot: every use case once, for all faces.

The class says what can be done; `exports` and `imports` do it, with what `adapters` makes of the settings.

>>> from entrepot import Entrepot, ImportRequest                      # doctest: +SKIP
>>> shop = Entrepot("sqlite:///shop.db")                              # doctest: +SKIP
>>> shop.export("orders", "customers", to="sales.xlsx").receipt.totals  # doctest: +SKIP
>>> shop.preview("people.csv", ImportRequest(entity="users")).counts   # doctest: +SKIP
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from entrepot.access.permissions import LOCAL, Principal
from entrepot.adapters import Adapters
from entrepot.bystanders import Quiet, SystemClock
from entrepot.exporting.plan import ExportOptions
from entrepot.exporting.publish import ExportOutcome
from entrepot.model.audit import Action
from entrepot.model.cancel import CancelSwitch
from entrepot.model.catalog import Catalog, Entity
from entrepot.model.ports import Cancel, Reporter
from entrepot.model.receipts import Fingerprint
from entrepot.model.selection import Selection, chosen
from entrepot.service.audits import TellsAudit
from entrepot.service.bringing import BringsIn
from entrepot.service.copying import Copying
from entrepot.service.linking import Linking
from entrepot.service.notices import TellsNotices
from entrepot.service.ordering import Ordering
from entrepot.service.scheduling import Scheduling
from entrepot.service.tidying import Tidying
from entrepot.service.versioning import Versioning
from entrepot.service.watching import Watching
from entrepot.storage.keys import Keys
from entrepot.use_cases.auditing import recorded
from entrepot.use_cases.exports import Exports
from entrepot.use_cases.handouts import HandsOut

if TYPE_CHECKING:
    from entrepot.diagnosis import Finding
    from entrepot.exporting.inspect import Inspection
    from entrepot.model.mappings import KnownMapping
    from entrepot.model.records import JobRecord
    from entrepot.model.undo_plans import UndoPlan, UndoReceipt
    from entrepot.use_cases.imports import Imports

__all__ = ["Entrepot", "ExportOptions", "ExportOutcome"]


class Entrepot(
    BringsIn, Copying, HandsOut, Linking, Ordering, Scheduling, TellsAudit, TellsNotices, Tidying, Versioning, Watching
):
    """One database and its settings.

    `db` is a URL or a name of the settings; None takes `ENTREPOT_DB` or the only one configured. Nothing is
    opened before it is needed, and nothing stays open between calls.
    """

    def __init__(
        self,
        db: str | None = None,
        *,
        config: str | Path | None = None,
        reporter: Reporter | None = None,
        cancel: Cancel | None = None,
        principal: Principal = LOCAL,
        environment: Mapping[str, str] | None = None,
        origin: str = "python",
    ) -> None:
        self._adapters = Adapters(
            db,
            Path(config) if config else None,
            environment,
            principal=principal,
            reporter=reporter or Quiet(),
            cancel=cancel or CancelSwitch(),
            clock=SystemClock(),
            origin=origin,
        )
        self._exports = Exports(adapters=self._adapters)

    def on_behalf_of(self, principal: Principal) -> Entrepot:
        """The same for somebody else, with their rights and their name in the audit."""
        other = copy(self)
        other.__dict__.pop("_imports", None)
        other._adapters = self._adapters.asked_by(principal)
        other._exports = Exports(adapters=other._adapters)
        return other

    def catalog(self) -> Catalog:
        """What the schema says, overlaid with the settings; read anew at each call."""
        return self._adapters.catalog()

    def entity(self, name: str) -> Entity:
        """One entity by its name, public name or alias."""
        from entrepot.exporting.select import find_entity

        return find_entity(self.catalog(), name)

    def export(
        self,
        *entities: str,
        to: str | Path | None = None,
        selection: Selection | None = None,
        named: str | None = None,
        options: ExportOptions | None = None,
    ) -> ExportOutcome:
        """Write rows of one snapshot into files; all of them appear together with their receipt, or none."""
        asked = chosen(entities, selection, named)
        about, what = to, ", ".join(asked.entities)
        facts = {"named": named, "tenant": asked.tenant}
        with recorded(self._adapters, Action.EXPORT, about, what, beside=True, **facts) as told:
            exports = Exports(adapters=self._adapters, promise=told.announced)
            return told(exports.export(to, asked, named, options or ExportOptions()))

    def fingerprint(
        self, *entities: str, selection: Selection | None = None, named: str | None = None
    ) -> dict[str, Fingerprint]:
        """Fingerprints of chosen entities, all of one snapshot, by the entities' titles."""
        with recorded(self._adapters, Action.FINGERPRINT):
            return self._exports.fingerprint(chosen(entities, selection, named), named)

    def inspect(
        self,
        path: str | Path,
        *,
        receipt: str | Path | None = None,
        passphrase: str | None = None,
        identity: str | None = None,
    ) -> Inspection:
        """Whether a file still is what its receipt or manifest says: counts, checksums, fingerprints."""
        keys = Keys(passphrase=passphrase, identity=identity)
        with recorded(self._adapters, Action.INSPECT, path):
            return self._exports.inspect(Path(path), Path(receipt) if receipt else None, keys)

    def fingerprint_file(
        self, path: str | Path, *, passphrase: str | None = None, identity: str | None = None
    ) -> dict[str, Fingerprint]:
        """Fingerprints recomputed from a file's own content, by the entities' titles."""
        with recorded(self._adapters, Action.INSPECT, path):
            return self._exports.fingerprint_file(Path(path), Keys(passphrase=passphrase, identity=identity))

    def errors_file(self, plan_or_job: str, *, to: str | Path) -> Path:
        """The records that failed in a preview or an import, with what is wrong with each, as a file to correct."""
        with recorded(self._adapters, Action.ERRORS_FILE, plan_or_job) as told:
            return told(self._imports.errors_file(plan_or_job, Path(to)))

    def undo_plan(self, job: str) -> UndoPlan:
        """What taking an import (or an undo) back would do to each of its rows; nothing is written."""
        with recorded(self._adapters, Action.SHOW_UNDO, job):
            return self._imports.undo_plan(job)

    def undo(self, job: str, *, agreed: str | None = None) -> UndoReceipt:
        """Take back what nobody changed since. `agreed` is the digest of a plan; if it is another by now, nothing."""
        with recorded(self._adapters, Action.UNDO, job) as told:
            return told(self._imports.undo(job, agreed))

    def changes(self, job: str, *, to: str | Path) -> None:
        """Which rows an import (or an undo) created, changed or deleted, as a CSV file of their keys."""
        with recorded(self._adapters, Action.CHANGES, job, file=str(to)):
            self._imports.changes(job, Path(to))

    def undoable(self) -> tuple[JobRecord, ...]:
        """The latest jobs that changed rows of this database, the newest first."""
        with recorded(self._adapters, Action.SHOW_JOBS):
            return self._imports.undoable()

    def mappings(self) -> tuple[KnownMapping, ...]:
        """All that are kept for this database: under names, and of the last imports; the newest first."""
        with recorded(self._adapters, Action.SHOW_MAPPINGS), self._imports.mappings() as memory:
            return memory.all()

    def mapping(self, name_or_id: str, *, entity: str | None = None) -> KnownMapping:
        with recorded(self._adapters, Action.SHOW_MAPPINGS), self._imports.mappings() as memory:
            return memory.get(name_or_id, entity)

    def delete_mapping(self, name_or_id: str, *, entity: str | None = None) -> KnownMapping:
        """It is not used again; what was imported with it stays."""
        deleting = recorded(self._adapters, Action.DELETE_MAPPING, name_or_id, entity)
        with deleting as told, self._imports.mappings() as memory:
            return told(memory.delete(name_or_id, entity))

    def doctor(self) -> tuple[Finding, ...]:
        """What is installed and reachable, and what to mend."""
        from entrepot.diagnosis import diagnose
        from entrepot.storage.work import work_folder

        adapters = self._adapters
        with recorded(adapters, Action.DIAGNOSE), work_folder() as work:
            bench = partial(adapters.workbench, work)
            return diagnose(adapters.catalog, lambda: adapters.engine, work, bench, adapters.described_state)

    @cached_property
    def _imports(self) -> Imports:
        from entrepot.use_cases.imports import Imports

        return Imports(adapters=self._adapters)
