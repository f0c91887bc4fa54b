"""When something is due, in a time zone, also on the two days of the year that are not 24 hours long.

What runs in every hour of the day goes by time that passes: of the hour that comes twice both, of the hour that is left
out nothing. Anything else goes by the clock on the wall: a time that does not exist is due when the clock jumps over
it, and one that comes twice is due the first time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import islice, takewhile
from zoneinfo import ZoneInfo, available_timezones

from cronsim import CronSim

from entrepot.jobs.schedules.expressions import five_fields
from entrepot.model.brief import brief
from entrepot.model.errors import InputError
from entrepot.model.suggest import nearest

SECOND = timedelta(seconds=1)
SLACK = timedelta(hours=3)
"""More than any clock is put back."""
EVERY_HOUR = set(range(24))
HOURS = 1
"""The place of the hours among the five fields."""


@dataclass(frozen=True)
class Due:
    """One time; `instead` is what the clock on the wall would have shown if it had not jumped over it."""

    at: datetime
    instead: datetime | None = None


@dataclass(frozen=True)
class Timing:
    cron: str
    zone: ZoneInfo
    by_the_hour: bool

    def after(self, moment: datetime) -> Iterator[Due]:
        """All that come later than `moment`, in their order, in UTC."""
        return _distinct(due for due in self._forward(moment) if due.at > moment)

    def latest(self, after: datetime, until: datetime, most: int) -> tuple[datetime, ...]:
        """The last `most` of those later than `after` and not later than `until`, in their order. However long that
        was, no other one is looked at."""
        due = _distinct(due for due in self._backward(until) if due.at <= until)
        found = list(takewhile(lambda at: at > after, (one.at for one in islice(due, most))))
        return tuple(reversed(found))

    def _forward(self, moment: datetime) -> Iterator[Due]:
        local = moment.astimezone(self.zone)
        if self.by_the_hour:
            return (Due(at.astimezone(UTC)) for at in CronSim(self.cron, local))
        return (_on_the_wall(wall, self.zone) for wall in CronSim(self.cron, local.replace(tzinfo=None)))

    def _backward(self, moment: datetime) -> Iterator[Due]:
        local = (moment.replace(microsecond=0) + SECOND).astimezone(self.zone)
        if self.by_the_hour:
            return (Due(at.astimezone(UTC)) for at in CronSim(self.cron, local, reverse=True))
        start = local.replace(tzinfo=None) + SLACK
        return (_on_the_wall(wall, self.zone) for wall in CronSim(self.cron, start, reverse=True))


@lru_cache(maxsize=1024)
def timing(text: str, zone: str, place: str = "cron") -> Timing:
    """
    >>> str(next(timing("daily at 02:30", "Europe/Berlin").after(datetime(2026, 3, 28, 12, tzinfo=UTC))).at)
    '2026-03-29 01:00:00+00:00'
    """
    fields = five_fields(text, place).split(" ")
    by_the_hour = CronSim(" ".join(fields), datetime(2026, 1, 1, tzinfo=UTC)).hours == EVERY_HOUR
    if by_the_hour:
        fields[HOURS] = "*"
    return Timing(" ".join(fields), time_zone(zone), by_the_hour)


@lru_cache(maxsize=4096)
def next_due(text: str, zone: str, after: datetime) -> datetime | None:
    """The first one later than `after`; asked every second, and mostly the same question."""
    return next((due.at for due in timing(text, zone).after(after)), None)


def time_zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        known = available_timezones()
        guess = nearest(name, known)
        remedy = f"Did you mean '{guess}'?" if guess else "Name one such as Europe/Berlin, or UTC."
        if not known:
            remedy = "This machine knows none: install the package tzdata."
        raise InputError("unknown_zone", f"There is no time zone '{brief(name)}'.", remedy=remedy) from error


def _distinct(dues: Iterator[Due]) -> Iterator[Due]:
    """Several times that the clock jumps over are due together: that is once."""
    last: datetime | None = None
    for due in dues:
        if due.at != last:
            yield due
        last = due.at


def _on_the_wall(wall: datetime, zone: ZoneInfo) -> Due:
    local = wall.replace(tzinfo=zone, fold=0)
    moment = local.astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == wall:
        return Due(moment)
    return Due(_jump(local.replace(fold=1).astimezone(UTC), moment, zone), instead=wall)


def _jump(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The moment between the two at which the clock is put forward."""
    offset = after.astimezone(zone).utcoffset()
    while after - before > SECOND:
        middle = before + (after - before) // 2
        middle = middle.replace(microsecond=0)
        if middle.astimezone(zone).utcoffset() == offset:
            after = middle
        else:
            before = middle
    return after
