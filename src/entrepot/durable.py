"""What stands around every transaction of a job: its journal is safe before it is committed, and what came of it is
known afterwards, whatever happened to the connection."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from entrepot.importing.apply import Keep
from entrepot.model.changes import Changing, Mark
from entrepot.model.errors import CancelledError, EntrepotError, UnavailableError
from entrepot.model.journals import JournalFacts
from entrepot.model.records import JobRecord
from entrepot.state import State

Result = TypeVar("Result")
JOURNAL, MEDIA_TYPE = "journal", "application/octet-stream"


def keeping(state: State, job: JobRecord, lasting: timedelta) -> Keep:
    """Whatever may be committed can be taken back."""

    def keep(path: Path, facts: JournalFacts) -> None:
        if facts.sections or facts.forgotten:
            path.touch()
            name = f"journal of {job.id}"
            stored = state.store(path, JOURNAL, MEDIA_TYPE, name=name, lasting=lasting, job=job)
            state.ledger.journals.add(job, facts.entity, artifact_id=stored.id, facts=document(facts))

    return keep


def outcome(work: Callable[[], Result], engine: Changing, job: JobRecord) -> Result:
    """Where nobody knows whether the commit happened, the mark beside the data does."""
    try:
        return work()
    except KeyboardInterrupt:
        raise stopped(job.id, applied=engine.was_applied(Mark(job=job.id))) from None
    except UnavailableError as error:
        if error.code != "outcome_unknown":
            raise
        applied = engine.was_applied(Mark(job=job.id))
        words = "It was applied." if applied else "It was not applied; nothing was written."
        remedy = "Do not run it again." if applied else "Run it again."
        raise UnavailableError(
            "applied_without_answer" if applied else "connection_lost", f"{error.message} {words}", remedy=remedy
        ) from error


def stopped(job: str, *, applied: bool) -> CancelledError:
    """By somebody who did not wait until the work heard of it."""
    if applied:
        return CancelledError(
            "stopped_too_late",
            f"Stopped too late: everything had been written already, as job {job}.",
            remedy=f"Do not run it again. To take it back: entrepot undo {job}",
        )
    return CancelledError("stopped", "Stopped: nothing was written.", remedy="Run it again.")


def document(value: object) -> dict[str, Any]:
    """As the ledger keeps it."""
    return msgspec.to_builtins(value)


def told(error: EntrepotError) -> dict[str, Any]:
    return {
        "code": error.code,
        "message": error.message,
        "remedy": error.remedy,
        "problems": [msgspec.to_builtins(problem) for problem in error.problems],
    }
