"""What stands around every transaction of a job: its journal is safe before it is committed, and what came of it is
known afterwards, whatever happened to the connection."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec

from entrepot.importing.attempts import UNKNOWN
from entrepot.importing.request import Run
from entrepot.importing.wanted import Keep
from entrepot.jobs.kept_files import settle_files
from entrepot.jobs.resuming import goes_on
from entrepot.model.changes import Mark
from entrepot.model.drafts import Decision
from entrepot.model.errors import BugError, CancelledError, EntrepotError, StorageError, UnavailableError
from entrepot.model.journals import JournalFacts
from entrepot.model.records import Document, JobRecord, Status
from entrepot.state import State

JOURNAL, MEDIA_TYPE = "journal", "application/octet-stream"
FIRST_MARK = "first_mark"
"""Of a promise: what the database was known by."""
LEFT = ("edited", "gone", "blocked", "taken", "parentless", "refused", "forgotten")


def keeping(state: State, job: JobRecord, lasting: timedelta, unit: int = 0) -> Keep:
    """Whatever may be committed can be taken back."""

    def keep(path: Path, facts: JournalFacts) -> None:
        if facts.sections or facts.forgotten:
            path.touch()
            name = f"journal of {job.id}"
            stored = state.store(path, JOURNAL, MEDIA_TYPE, name=name, lasting=lasting, job=job)
            state.ledger.journals.add(job, facts.entity, artifact_id=stored.id, facts=document(facts), unit=unit)

    return keep


def promising(state: State, job: JobRecord, run: Run) -> Callable[[object], object]:
    """What it will have done, and where: only there it can be said that it did not happen."""
    first = run.engine.first_mark()

    def promise(receipt: object) -> None:
        state.ledger.jobs.promise(job, {**document(receipt), FIRST_MARK: first})

    return promise


@contextmanager
def working(state: State, begin: Callable[[str], JobRecord], phase: str, run: Run) -> Iterator[JobRecord]:
    """A job whose end is on record whatever ends it. Where nobody can say yet whether it happened, it stays open until
    somebody asks the database again (`settle`)."""
    with state.owning() as owner:
        job = state.ledger.jobs.advance(begin(owner), Status.PROCESSING, phase)
        try:
            yield job
        except BaseException as error:
            applied = concluded(state, job, error, run)
            if isinstance(error, KeyboardInterrupt):
                raise stopped(job.id, applied=applied) from None
            if applied:
                raise off_record(job.id, error) from error
            raise


def concluded(state: State, job: JobRecord, error: BaseException, run: Run) -> bool:
    """Whether it was applied all the same. Without a promise it came to no commit."""
    applied = False
    with suppress(EntrepotError):
        now = state.ledger.jobs.get(job.id)
        if (now.owner, now.epoch) != (job.owner, job.epoch):  # whoever has it by now sees to all of it
            return False
        if now.receipt is not None and run.engine.was_applied(Mark(job=job.id)):
            applied = True
        elif isinstance(error, EntrepotError) and error.code == UNKNOWN:
            return False
        if state.order is not None and not applied:  # its worker says whether it is tried again
            settle_files(state, job, run, applied=False)
        else:
            end(state, job, error, run, applied=applied)
    return applied


def settled(state: State, job: JobRecord, run: Run) -> bool:
    """Of an order that was tried before: whether that attempt did it, which is on record now. Otherwise nothing of it
    is left, but for batches that stand."""
    promised = state.ledger.jobs.get(job.id).receipt is not None
    applied = promised and run.engine.was_applied(Mark(job=job.id))
    for store in run.file_stores.values():
        store.sweep()
    if applied:
        end(state, job, interrupted(), run, applied=True)
    elif not goes_on(state, job, lambda unit: run.engine.was_applied(Mark(job=job.id, unit=unit))):
        settle_files(state, job, run, applied=False)
        state.ledger.orders.forget_attempt(job)
    return applied


def off_record(job: str, error: BaseException) -> EntrepotError:
    return StorageError(
        "applied_off_record",
        f"Everything was written, as job {job}, but what came after it failed: {error}",
        remedy="Do not run it again.",
    )


def settle(state: State, run: Run) -> None:
    """Jobs whose process is dead: the mark beside the data says what became of them. One of which that cannot be said
    now, or not here, because another database of that name has it, is left to the next who asks."""
    engine = run.engine
    for job in state.ledger.jobs.unfinished(run.identity):
        if state.is_alive(job.owner):
            continue
        with suppress(EntrepotError), state.owning() as owner:
            if goes_on(state, job, lambda unit, job=job: engine.was_applied(Mark(job=job.id, unit=unit))):
                continue
            applied = engine.was_applied(Mark(job=job.id))
            if not applied and is_elsewhere(job, engine.first_mark()):
                continue
            for store in run.file_stores.values():
                store.sweep()
            end(state, state.ledger.jobs.take_over(job, owner), interrupted(), run, applied=applied)


def is_elsewhere(job: JobRecord, first_mark: str | None) -> bool:
    """Nothing was committed before it was promised."""
    return (job.receipt or {}).get(FIRST_MARK, first_mark) != first_mark


def end(state: State, job: JobRecord, error: BaseException, run: Run, *, applied: bool) -> None:
    """One that was applied has the receipt that it promised; only the other one failed."""
    jobs = state.ledger.jobs
    settle_files(state, job, run, applied=applied)
    if applied:
        receipt = {name: told for name, told in (jobs.get(job.id).receipt or {}).items() if name != FIRST_MARK} or None
        state.finish(job, Status.PARTIAL if left_something(receipt) else Status.COMPLETED, receipt=receipt)
    else:
        jobs.finish(job, Status.FAILED, error=told(error))


def left_something(receipt: Document | None) -> bool:
    """Of an import the records that failed; of an undo what it had to leave."""
    found = receipt or {}
    return bool(found.get("counts", {}).get(Decision.FAILED)) or any(found.get(name) for name in LEFT)


def interrupted() -> UnavailableError:
    return UnavailableError(
        "interrupted", "Its process ended before it was done; nothing was written.", remedy="Run it again."
    )


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


def told(error: BaseException) -> dict[str, Any]:
    if not isinstance(error, EntrepotError):
        words = f"{type(error).__name__}: {error}"
        return {"code": "failed", "message": words, "remedy": "", "problems": [], "exit_code": BugError.exit_code}
    return {
        "code": error.code,
        "message": error.message,
        "remedy": error.remedy,
        "problems": [msgspec.to_builtins(problem) for problem in error.problems],
        "exit_code": error.exit_code,
    }
