"""Schedules as people look at them: when they run next, what became of the last run, and what rotation would remove."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from entrepot.jobs.schedules.outputs import ALL, planned_rotation
from entrepot.jobs.schedules.timing import timing
from entrepot.jobs.schedules.wording import ComingRun, coming, explained
from entrepot.model.errors import InputError
from entrepot.model.records import Status
from entrepot.model.schedules import Missed, Outcome, Overlap, Run, ScheduleRecord
from entrepot.state import State


@dataclass(frozen=True, kw_only=True)
class LastRun:
    due: datetime
    outcome: Outcome
    job: str | None
    status: Status | None
    """Of its job."""


@dataclass(frozen=True, kw_only=True)
class ScheduleView:
    name: str
    kind: str
    cron: str
    zone: str
    words: str
    """When it runs: `At 02:00 every day, UTC`."""
    database: str
    to: str | None
    keep: Mapping[str, object]
    missed: Missed
    overlap: Overlap
    most: int
    paused: bool
    queue: str
    configured: bool
    """It stands in the settings, where alone it can be changed."""
    next: ComingRun | None
    last: LastRun | None
    problem: str | None = None
    """Why it does not run."""


@dataclass(frozen=True, kw_only=True)
class OutputView:
    """What one run left behind."""

    due: str
    made_at: datetime
    bytes: int
    reasons: tuple[str, ...] = ()
    """Why it stays."""


@dataclass(frozen=True, kw_only=True)
class SchedulePreview:
    schedule: ScheduleView
    runs: tuple[ComingRun, ...]
    kept: tuple[OutputView, ...]
    """The newest first; with `removed`: what rotation would do now."""
    removed: tuple[OutputView, ...]
    ignored: tuple[OutputView, ...]
    """Failed, without rows, or no longer there: they neither count nor go."""


def view(state: State, record: ScheduleRecord) -> ScheduleView:
    schedule = record.schedule
    try:
        at = timing(schedule.cron, schedule.zone)
        words, problem = explained(at), None
        runs = () if schedule.paused else coming(at, state.ledger.records.now(), 1)
    except InputError as error:
        words, runs, problem = schedule.cron, (), error.message
    return ScheduleView(
        name=schedule.name,
        kind=schedule.kind,
        cron=schedule.cron,
        zone=schedule.zone,
        words=words,
        database=schedule.database,
        to=schedule.to,
        keep=schedule.keep,
        missed=schedule.missed,
        overlap=schedule.overlap,
        most=schedule.most,
        paused=schedule.paused,
        queue=schedule.queue,
        configured=record.configured,
        next=runs[0] if runs else None,
        last=_last(state.ledger.occurrences.of_schedule(record.id, 1)),
        problem=problem,
    )


def preview(state: State, record: ScheduleRecord, most: int) -> SchedulePreview:
    """Nothing is changed by it."""
    schedule = record.schedule
    at = timing(schedule.cron, schedule.zone)
    planned = planned_rotation(state, schedule, state.ledger.occurrences.of_schedule(record.id, ALL))
    kept, removed, ignored = (planned.kept, planned.removed, planned.ignored) if planned else ((), (), ())
    return SchedulePreview(
        schedule=view(state, record),
        runs=coming(at, state.ledger.records.now(), most),
        kept=tuple(OutputView(due=one.id, made_at=one.made_at, bytes=one.bytes, reasons=why) for one, why in kept),
        removed=tuple(OutputView(due=one.id, made_at=one.made_at, bytes=one.bytes) for one in removed),
        ignored=tuple(OutputView(due=one.id, made_at=one.made_at, bytes=one.bytes) for one in ignored),
    )


def _last(runs: tuple[Run, ...]) -> LastRun | None:
    if not runs:
        return None
    occurrence, job = runs[0].occurrence, runs[0].job
    cleaned_up = occurrence.outcome is Outcome.SUBMITTED and job is None
    outcome = Outcome.OVER if cleaned_up else occurrence.outcome
    return LastRun(due=occurrence.due, outcome=outcome, job=occurrence.job, status=job.status if job else None)
