"""What becomes of due times that came since somebody looked: which run, which wait, which are let go."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from entrepot.jobs.schedules.timing import timing
from entrepot.model.schedules import Missed, Outcome, Overlap, Schedule

GRACE = timedelta(minutes=5)
"""Who looks so late still is in time: a worker was started anew."""


@dataclass(frozen=True, kw_only=True)
class Situation:
    after: datetime
    """Times up to it are settled."""
    now: datetime
    busy: bool
    """A run is not over."""
    waiting: int
    """So many times wait for it."""


@dataclass(frozen=True)
class Decision:
    due: datetime
    outcome: Outcome


def decided(schedule: Schedule, situation: Situation) -> tuple[Decision, ...]:
    """In the order of their times. However many were missed, only the latest are told one by one, and of all before
    them one, which stands for the rest."""
    most = schedule.most if schedule.missed is Missed.ALL else 1
    dues = timing(schedule.cron, schedule.zone).latest(situation.after, situation.now, most + 1)
    wanted = [due for due in dues[-most:] if not _too_late(schedule, due, situation.now)]
    lost = [due for due in dues if due not in wanted]
    return (*(Decision(due, Outcome.MISSED) for due in lost), *_placed(schedule, wanted, situation))


def _too_late(schedule: Schedule, due: datetime, now: datetime) -> bool:
    return schedule.missed is Missed.SKIP and now - due > GRACE


def _placed(schedule: Schedule, wanted: list[datetime], situation: Situation) -> Iterator[Decision]:
    """One at a time. Several that were missed wait for each other, whatever is done about one that comes too soon."""
    waiting = situation.waiting
    is_free = not situation.busy and not waiting
    patient = schedule.overlap is Overlap.QUEUE or len(wanted) > 1
    for due in wanted:
        if is_free:
            yield Decision(due, Outcome.SUBMITTED)
            is_free = False
        elif patient and waiting < schedule.most:
            yield Decision(due, Outcome.WAITING)
            waiting += 1
        else:
            yield Decision(due, Outcome.OVERLAPPED)
