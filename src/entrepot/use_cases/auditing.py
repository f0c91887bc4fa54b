"""What every use case does beside its work: it is written down who asked for it, and what came of it.

Whatever may change rows is written down before it begins, and nothing happens if that fails; so a process that dies
leaves a line, too. That something is over is then told as well as it can be: what is done is done.
"""

from __future__ import annotations

import os
import pwd
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any, TypeVar

from entrepot.access.permissions import LOCAL, Verb, is_bound, require
from entrepot.adapters import Adapters
from entrepot.model.audit import BEGUN, OF, OK, Action, AuditEntry
from entrepot.model.errors import AccessError, EntrepotError
from entrepot.model.problems import Category, Problem, Severity
from entrepot.use_cases.audited_names import named_database

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
        Action.LOOK_AT_CLEANUP,
    }
)
"""Neither changes nor hands out rows: only who was refused is of interest."""
VERBS = {
    Action.EXPORT: Verb.EXPORT,
    **dict.fromkeys(
        (Action.SUBMIT_EXPORT, Action.CANCEL_JOB, Action.RETRY_JOB, Action.START_JOB, Action.DOWNLOAD, Action.LINK),
        Verb.EXPORT,
    ),
    Action.OPEN_LINK: Verb.SEE_CATALOG,
    Action.FINGERPRINT: Verb.EXPORT,
    **dict.fromkeys((it for it in Action if it.value.startswith(("schedule.", "cleanup"))), Verb.SCHEDULE),
    **dict.fromkeys((Action.INSPECT, Action.SUBMIT_VERIFY), Verb.INSPECT),
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
    begun: Callable[[], int | None] = lambda: None
    """The number of the line that says that it began, once it is written."""

    def announced(self, *_: object) -> None:
        """Waits for that."""
        self.begun()

    def __call__(self, result: Result) -> Result:
        from entrepot.use_cases.audit_facts import facts_of

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
        return self._write(BEGUN, {})

    def end(self, result: str, facts: dict[str, Any], begun: int | None) -> None:
        """Nobody is warned twice."""
        if begun is not None:
            self.written(lambda: self._write(result, {**facts, OF: begun}))
        elif self.action not in ANNOUNCED or result in REFUSED:
            self.written(lambda: self._write(result, facts))

    def written(self, write: Callable[[], int | None]) -> int | None:
        """Or a warning."""
        try:
            return write()
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
    adapters: Adapters,
    action: Action,
    about: object = None,
    entity: str | None = None,
    *,
    beside: bool = False,
    **facts: object,
) -> Iterator[Told]:
    """Around a use case. What it gives goes through what is yielded, which takes from it what is worth knowing. With
    `beside`, its beginning is written down while it begins; it must wait for that before anything can be seen of it."""
    trail = Trail(adapters=adapters, action=action, about=None if about is None else str(about), entity=entity or None)
    known = {name: fact for name, fact in facts.items() if fact is not None}
    with _refusals(trail):
        require(adapters.principal, VERBS.get(action, Verb.IMPORT))
    with _begun(trail, beside=beside) as begun:
        told = Told(facts=known, begun=begun)
        with _refusals(trail) if action in LOOKS else _ended(trail, told):
            yield told


@contextmanager
def _begun(trail: Trail, *, beside: bool) -> Iterator[Callable[[], int | None]]:
    if trail.action in CHANGES_ROWS:
        number = trail.begin()
        yield lambda: number
    elif beside:
        with ThreadPoolExecutor(1) as thread:
            number = thread.submit(trail.begin)
            yield cache(lambda: trail.written(number.result))
    else:
        number = trail.written(trail.begin)
        yield lambda: number


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
def _ended(trail: Trail, told: Told) -> Iterator[None]:
    result = OK
    try:
        yield
    except BaseException as error:
        result = _code(error)
        raise
    finally:
        trail.end(result, told.facts, told.begun())


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
