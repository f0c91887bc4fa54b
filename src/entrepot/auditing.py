"""What every use case does beside its work: it is written down who asked for it, and what came of it.

Whatever may change rows is written down before it begins, and nothing happens if that fails; so a process that dies
leaves a line, too. That something is over is then told as well as it can be: what is done is done.
"""

from __future__ import annotations

import os
import pwd
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from entrepot.access.permissions import LOCAL, Verb, is_bound, require
from entrepot.adapters import Adapters
from entrepot.model.audit import BEGUN, OF, OK, Action, AuditEntry
from entrepot.model.errors import AccessError, EntrepotError
from entrepot.model.problems import Category, Problem, Severity

Result = TypeVar("Result")

CHANGES_ROWS = frozenset({Action.IMPORT, Action.APPLY, Action.RESUME, Action.COPY, Action.UNDO, Action.DELETE_MAPPING})
"""What does not happen if nobody would know of it."""
ANNOUNCED = CHANGES_ROWS | {Action.EXPORT}
LOOKS = frozenset(
    {
        Action.FINGERPRINT,
        Action.INSPECT,
        Action.SHOW_PLAN,
        Action.SHOW_UNDO,
        Action.SHOW_JOBS,
        Action.SHOW_SCHEDULES,
        Action.SHOW_MAPPINGS,
        Action.SHOW_VERSIONS,
        Action.SHOW_AUDIT,
        Action.DIAGNOSE,
    }
)
"""Neither changes nor hands out rows: only who was refused is of interest."""
VERBS = {
    Action.EXPORT: Verb.EXPORT,
    **dict.fromkeys((Action.SUBMIT_EXPORT, Action.CANCEL_JOB, Action.RETRY_JOB, Action.DOWNLOAD), Verb.EXPORT),
    Action.FINGERPRINT: Verb.EXPORT,
    **dict.fromkeys((action for action in Action if action.value.startswith("schedule.")), Verb.SCHEDULE),
    Action.INSPECT: Verb.INSPECT,
    Action.SHOW_AUDIT: Verb.AUDIT,
    Action.AUDIT_EXPORT: Verb.AUDIT,
    Action.DIAGNOSE: Verb.DIAGNOSE,
}
"""Of the others: to import."""
REFUSED = frozenset({"not_allowed"})
"""What is said before anything was announced."""
HIDDEN = frozenset({"unknown_plan", "unknown_job"})
"""What somebody bound to a tenant is told of the plans and jobs of others."""


@dataclass(kw_only=True)
class Told:
    """What is known of an action when it ends."""

    facts: dict[str, Any] = field(default_factory=dict)

    def __call__(self, result: Result) -> Result:
        from entrepot.audit_facts import facts_of

        self.facts |= facts_of(result)
        return result


@dataclass(frozen=True, kw_only=True)
class Trail:
    """The lines of one action."""

    adapters: Adapters
    action: Action
    about: str | None
    entity: str | None

    def begin(self) -> int | None:
        """The number of the line, if one was written; what changes rows must have one."""
        if self.action not in ANNOUNCED:
            return None
        if self.action in CHANGES_ROWS:
            return self._write(BEGUN, {})
        return self._written(BEGUN, {})

    def end(self, result: str, facts: dict[str, Any], begun: int | None) -> None:
        """Nobody is warned twice."""
        if begun is not None:
            self._written(result, {**facts, OF: begun})
        elif self.action not in ANNOUNCED or result in REFUSED:
            self._written(result, facts)

    def _written(self, result: str, facts: dict[str, Any]) -> int | None:
        """Or a warning."""
        try:
            return self._write(result, facts)
        except Exception as error:  # whatever it is, what was asked for has been done, or has failed for its own reason
            self.adapters.reporter.warn(_unwritten(self.action, error))
            return None

    def _write(self, result: str, facts: dict[str, Any]) -> int | None:
        adapters = self.adapters
        if self.action not in CHANGES_ROWS and not _keeps_records(adapters, looking=self.action in LOOKS):
            return None
        entry = AuditEntry(
            principal=_who(adapters),
            tenant=adapters.principal.tenant,
            action=self.action,
            object=self.about,
            database=named_database(adapters),
            entity=self.entity,
            origin=adapters.origin,
            result=result,
            facts=facts,
        )
        with adapters.state() as state:
            return state.audit.add(entry).number


@contextmanager
def recorded(
    adapters: Adapters, action: Action, about: object = None, entity: str | None = None, **facts: object
) -> Iterator[Told]:
    """Around a use case. What it gives goes through what is yielded, which takes from it what is worth knowing."""
    trail = Trail(adapters=adapters, action=action, about=None if about is None else str(about), entity=entity or None)
    told = Told(facts={name: fact for name, fact in facts.items() if fact is not None})
    with _refusals(trail):
        require(adapters.principal, VERBS.get(action, Verb.IMPORT))
    begun = trail.begin()
    with _refusals(trail) if action in LOOKS else _ended(trail, told, begun):
        yield told


@contextmanager
def _refusals(trail: Trail) -> Iterator[None]:
    try:
        yield
    except EntrepotError as error:
        hidden = error.code in HIDDEN and is_bound(trail.adapters.principal)
        if hidden or isinstance(error, AccessError):
            trail.end(error.code, {}, None)
        raise


@contextmanager
def _ended(trail: Trail, told: Told, begun: int | None) -> Iterator[None]:
    result = OK
    try:
        yield
    except BaseException as error:
        result = _code(error)
        raise
    finally:
        trail.end(result, told.facts, begun)


def named_database(adapters: Adapters) -> str | None:
    """As the settings call it, or where it is. No part of a URL that may hold a password is ever kept."""
    known = adapters.loaded.settings.databases
    wanted = adapters.db or adapters.loaded.default_database or (next(iter(known)) if len(known) == 1 else None)
    if wanted is None or wanted in known:
        return wanted
    return without_secrets(wanted)


def without_secrets(url: str) -> str:
    """
    >>> without_secrets("postgresql://u:p/w?@host/shop?sslmode=require"), without_secrets("sqlite:///a.db")
    ('postgresql://host/shop', 'sqlite:///a.db')
    >>> without_secrets("mysql://host/shop?password=a@b"), without_secrets("u:p@host")
    ('mysql://…', '…')
    """
    scheme, separator, rest = url.partition("://")
    if not separator:
        return "…"
    if scheme == "sqlite":
        return url
    if -1 < rest.find("?") < rest.rfind("@") and "=" in rest[: rest.rfind("@")]:
        return f"{scheme}://…"
    return f"{scheme}://{rest.rpartition('@')[2].partition('?')[0]}"


def _who(adapters: Adapters) -> str:
    """Of whoever runs the command line or embeds the library, the account of the system."""
    if adapters.principal != LOCAL:
        return adapters.principal.name
    try:
        return f"{LOCAL.name}:{pwd.getpwuid(os.geteuid()).pw_name}"
    except KeyError:
        return f"{LOCAL.name}:{os.geteuid()}"


def _keeps_records(adapters: Adapters, *, looking: bool) -> bool:
    """A single export of somebody who never set anything up leaves nothing behind but its files; nor does a look."""
    loaded = adapters.loaded
    if adapters.principal != LOCAL or adapters.has_state():
        return True
    return not looking and (loaded.file is not None or loaded.state_instead is not None)


def _code(error: BaseException) -> str:
    if isinstance(error, EntrepotError):
        return error.code
    return "stopped" if isinstance(error, KeyboardInterrupt) else "unexpected"


def _unwritten(action: Action, error: Exception) -> Problem:
    code = error.code if isinstance(error, EntrepotError) else type(error).__name__
    return Problem(
        code="not_audited",
        message=f"The audit could not be told of this ({action.value}): {error}",
        remedy=f"Mend that ({code}): until then nobody sees in the audit what is exported.",
        severity=Severity.WARNING,
        category=Category.INTEGRITY,
    )
