"""What runs have left behind, and what of it goes. That something will go is written down before it does, so that
whoever dies in between leaves nothing half gone that nobody would look for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from entrepot.jobs.orders.giving import FILE
from entrepot.jobs.schedules.folders import Folder
from entrepot.jobs.schedules.keeping import keep_of
from entrepot.jobs.schedules.orders import run_name
from entrepot.jobs.schedules.rotation import Output, Rotation, rotate
from entrepot.jobs.schedules.timing import time_zone
from entrepot.model.records import Document, JobRecord, Status
from entrepot.model.schedules import Outcome, Run, Schedule, ScheduleRecord
from entrepot.state import State

FOR_EVER = timedelta(days=36_500)
ALL = 1_000_000
COUNTING = (Outcome.SUBMITTED, Outcome.OVER)


def settle(state: State, record: ScheduleRecord) -> None:
    """Runs that are over since somebody looked: what no rule keeps goes."""
    runs = state.ledger.occurrences.of_schedule(record.id, ALL)
    planned = planned_rotation(state, record.schedule, runs)
    if planned is not None:
        _keep(state, runs, planned)
    _announce(state, record.id, frozenset(one.id for one in planned.removed) if planned else frozenset())
    for run in state.ledger.occurrences.of_schedule(record.id, ALL):
        if run.occurrence.outcome is Outcome.REMOVING and _removed(state, record.schedule, run):
            _write(state, run, Outcome.REMOVED)


def planned_rotation(state: State, schedule: Schedule, runs: Sequence[Run]) -> Rotation | None:
    """None: nothing is said about what stays, so everything does."""
    keep = keep_of(schedule.keep, f"keep of {schedule.name}")
    if keep is None:
        return None
    found = [_output(state, schedule, run, run.job) for run in runs if run.job and _counts(run)]
    return rotate(found, keep, state.ledger.records.now(), time_zone(schedule.zone))


def name_of(run: Run) -> str:
    """Among the outputs of its schedule."""
    return run.occurrence.due.isoformat()


def _counts(run: Run) -> bool:
    return run.occurrence.outcome in COUNTING and run.job is not None and run.job.finished_at is not None


def _output(state: State, schedule: Schedule, run: Run, job: JobRecord) -> Output:
    """Good is what holds rows and is still there: a database that was emptied by mistake, night after night, must not
    push out the last export of what it held, nor must what somebody took away."""
    made_at, receipt = job.finished_at or job.updated_at, job.receipt
    stored = state.ledger.artifacts.of_job(job.id, FILE) if schedule.to is None else ()
    size = sum(one.bytes for one in stored) if stored else None
    if schedule.to is not None:
        size = _folder(schedule, run).size(receipt)
    return Output(
        id=name_of(run),
        made_at=made_at,
        bytes=size or 0,
        good=size is not None and job.status is Status.COMPLETED and _has_rows(receipt),
        pinned=bool(stored) and all(one.expires_at is None for one in stored),
    )


def _has_rows(receipt: Document | None) -> bool:
    return (receipt or {}).get("receipt", {}).get("totals", {}).get("rows") != 0


def _folder(schedule: Schedule, run: Run) -> Folder:
    return Folder(f"{schedule.to}/{run_name(schedule, run.occurrence.due)}")


def _keep(state: State, runs: Sequence[Run], planned: Rotation) -> None:
    """Stored files, from when rotation decides about them, do not expire by themselves."""
    kept = {one.id for one, _ in planned.kept}
    for run in runs:
        if run.job is not None and run.occurrence.outcome is Outcome.SUBMITTED and name_of(run) in kept:
            for artifact in state.ledger.artifacts.of_job(run.job.id):
                state.ledger.artifacts.keep_until(artifact.id, state.ledger.records.now() + FOR_EVER)


def _announce(state: State, id: str, gone: frozenset[str]) -> None:
    with state.ledger.occurrences.alone_with(id) as desk:
        for run in () if desk is None else desk.with_outcome(*COUNTING):
            if desk is not None and _counts(run):
                outcome = Outcome.REMOVING if name_of(run) in gone else Outcome.OVER
                if outcome is not run.occurrence.outcome:
                    desk.change(run.occurrence.due, outcome)


def _removed(state: State, schedule: Schedule, run: Run) -> bool:
    if run.job is None:
        return True
    if schedule.to is not None:
        return _folder(schedule, run).remove(run.job.receipt)
    for artifact in state.ledger.artifacts.of_job(run.job.id):
        state.artifacts.delete(artifact.id)
        state.ledger.artifacts.forget(artifact.id)
    return True


def _write(state: State, run: Run, outcome: Outcome) -> None:
    with state.ledger.occurrences.alone_with(run.occurrence.schedule) as desk:
        if desk is not None:
            desk.change(run.occurrence.due, outcome)
