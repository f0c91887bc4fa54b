"""Times in the words of people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from cronsim import CronSim

from entrepot.jobs.schedules.expressions import START
from entrepot.jobs.schedules.timing import Due, Timing

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
"""The same whatever language the machine speaks."""


@dataclass(frozen=True, kw_only=True)
class ComingRun:
    at: datetime
    words: str
    """`Mon 23 Nov 2026, 02:00 (in 14 hours)`"""


def explained(timing: Timing) -> str:
    """
    >>> from entrepot.jobs.schedules.timing import timing
    >>> explained(timing("weekly on mon at 02:00", "UTC"))
    'At 02:00 on Monday, UTC'
    """
    return f"{CronSim(timing.cron, START).explain()}, {timing.zone.key}"


def coming(timing: Timing, now: datetime, most: int) -> tuple[ComingRun, ...]:
    return tuple(ComingRun(at=due.at, words=_run(due, timing, now)) for due in islice(timing.after(now), most))


def _run(due: Due, timing: Timing, now: datetime) -> str:
    local = due.at.astimezone(timing.zone)
    twice = local.utcoffset() != local.replace(fold=1).utcoffset()
    notes = [f"in {span(due.at - now)}"]
    if due.instead is not None:
        notes.append(f"instead of {due.instead:%H:%M}, which the clock jumps over")
    elif twice:
        notes.append(f"the {'second' if local.fold else 'first'} of the two times that the clock shows it")
    return f"{day(local)}, {local:%H:%M} ({'; '.join(notes)})"


def day(local: datetime) -> str:
    return f"{DAYS[local.weekday()]} {local.day} {MONTHS[local.month - 1]} {local.year}"


def span(time: timedelta) -> str:
    """
    >>> span(timedelta(seconds=40)), span(timedelta(hours=14, minutes=3)), span(timedelta(days=3, hours=2))
    ('less than a minute', '14 hours', '3 days')
    """
    minutes = int(time.total_seconds() // 60)
    if minutes < 1:
        return "less than a minute"
    for unit, size in (("day", 1440), ("hour", 60), ("minute", 1)):
        if minutes >= size * (2 if size > 1 else 1):
            return _count(minutes // size, unit)
    return _count(minutes, "minute")


def _count(number: int, unit: str) -> str:
    return f"{number} {unit}{'' if number == 1 else 's'}"
