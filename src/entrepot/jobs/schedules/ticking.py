"""Due times become orders. Any number of processes may look at any moment, and as often as they like: what is there is
looked at, not what happened, and whoever decides about a schedule does so alone and writes the order with it."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import lru_cache

from entrepot.jobs.schedules.orders import wish_of
from entrepot.jobs.schedules.outputs import settle
from entrepot.jobs.schedules.policies import Decision, Situation, decided
from entrepot.jobs.schedules.timing import next_due
from entrepot.ledger.occurrences import Desk
from entrepot.ledger.schedules import ABSENT, CONFIGURED
from entrepot.model.errors import EntrepotError
from entrepot.model.records import JobRecord
from entrepot.model.schedules import Noted, Outcome, Schedule, ScheduleRecord, Standing
from entrepot.state import State

LOG = logging.getLogger("entrepot.schedules")
REMEMBERED, MANY = timedelta(days=7), 1000
"""What became of due times is known so long, and of so many."""
SKEW = timedelta(minutes=1)
"""What the clocks of two machines may differ by. What is further ahead was written by a clock that was wrong."""


def tick(state: State, configured: Iterable[Schedule] = ()) -> tuple[JobRecord, ...]:
    """The jobs of all times that have come by now; `configured` are the schedules of the settings. To be called every
    second or so. One that cannot be understood, or whose outputs cannot be removed, does not keep the others."""
    records = in_force(state, configured)
    jobs: list[JobRecord] = []
    standings = state.ledger.occurrences.standings(records)
    for standing in standings:
        with _told(standing.record.schedule.name):
            jobs.extend(_seen_to(state, standing))
    for standing in standings:  # when all that is due has its order: a bucket may take long to answer
        with _told(standing.record.schedule.name):
            if standing.unsettled:
                settle(state, standing.record)
    return tuple(jobs)


@contextmanager
def _told(name: str) -> Iterator[None]:
    """What is wrong with one schedule is no reason not to see to the next, nor what rotation cannot do not to run."""
    try:
        yield
    except Exception as error:
        _tell_once(name, str(error) if isinstance(error, EntrepotError) else repr(error))


def in_force(state: State, configured: Iterable[Schedule]) -> tuple[ScheduleRecord, ...]:
    """Those of the settings and those that are kept; where both have a name, the one of the settings counts."""
    ours = tuple(_configured(state, configured))
    names = {record.schedule.name for record in ours}
    kept = (record for record in state.ledger.schedules.all() if record.schedule.name not in names)
    return (*ours, *kept)


def note_absence(state: State, schedule: Schedule) -> None:
    """That the settings have it no longer. Runs that are over are decided about for the last time; what is at work then
    is a job like any other, and what waits for it does not run. If it comes back, times in between were none of its."""
    key = f"{CONFIGURED}{schedule.name}"
    noted = state.ledger.schedules.note(key, ABSENT, paused=True)
    with state.ledger.occurrences.alone_with(key) as desk:
        if desk is not None:
            for run in desk.with_outcome(Outcome.WAITING):
                desk.change(run.occurrence.due, Outcome.MISSED)
    with _told(schedule.name):
        settle(state, _known(key, schedule, noted))


def _configured(state: State, configured: Iterable[Schedule]) -> Iterator[ScheduleRecord]:
    """Since when each of them is as it is now; times before that do not count."""
    schedules = tuple(configured)
    known = state.ledger.schedules.noted() if schedules else {}
    for schedule in schedules:
        key, facts = f"{CONFIGURED}{schedule.name}", _times(schedule)
        noted = known.get(key)
        if noted is None or (noted.facts, noted.paused) != (facts, schedule.paused):
            noted = state.ledger.schedules.note(key, facts, paused=schedule.paused)
        yield _known(key, schedule, noted)


def _known(id: str, schedule: Schedule, noted: Noted) -> ScheduleRecord:
    return ScheduleRecord(id=id, schedule=schedule, created_at=noted.created_at, since=noted.since, configured=True)


def _times(schedule: Schedule) -> dict[str, str]:
    return {"cron": schedule.cron, "zone": schedule.zone}


def _seen_to(state: State, standing: Standing) -> tuple[JobRecord, ...]:
    record, now = standing.record, state.ledger.records.now()
    after = _after(state, standing, now)
    if not standing.waiting and not _is_due(record.schedule, after, now):
        return ()
    with state.ledger.occurrences.alone_with(record.id) as desk:
        return () if desk is None or desk.paused else tuple(_decide(desk, record.schedule, after, now))


def _after(state: State, standing: Standing, now: datetime) -> datetime:
    since = standing.record.since
    if since > now + SKEW:
        since = state.ledger.schedules.begin_again(standing.record.id)
    return since if standing.last is None else max(since, standing.last)


def _is_due(schedule: Schedule, after: datetime, now: datetime) -> bool:
    due = None if schedule.paused else next_due(schedule.cron, schedule.zone, after)
    return due is not None and due <= now


def _decide(desk: Desk, schedule: Schedule, after: datetime, now: datetime) -> Iterator[JobRecord]:
    waiting = [run.occurrence.due for run in desk.with_outcome(Outcome.WAITING)]
    busy = bool(desk.unfinished())
    if waiting and not busy:
        first, *waiting = waiting
        yield desk.begin(first, wish_of(schedule, first))
        busy = True
    situation = Situation(after=after, now=now, busy=busy, waiting=len(waiting))
    for decision in decided(schedule, situation):
        if not desk.is_seen(decision.due):
            yield from _write(desk, schedule, decision)
            desk.forget(now - REMEMBERED, MANY, whole=not schedule.keep)


def _write(desk: Desk, schedule: Schedule, decision: Decision) -> Iterator[JobRecord]:
    if decision.outcome is Outcome.SUBMITTED:
        yield desk.submit(decision.due, wish_of(schedule, decision.due))
    else:
        desk.add(decision.due, decision.outcome)


@lru_cache(maxsize=1000)
def _tell_once(name: str, problem: str) -> None:
    LOG.warning("The schedule '%s' cannot be seen to: %s", name, problem)
