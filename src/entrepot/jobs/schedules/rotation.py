"""Which outputs of a schedule stay and which go. Nothing is touched here: the same answer serves whoever only looks.

What any rule wants stays. Only good outputs count, and only they ever go: a failed one, or an empty one, proves nothing
and is not ours to hide. The last good one, pinned ones and those with a date to come always stay.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo


@dataclass(frozen=True, kw_only=True)
class Output:
    """What one run left behind."""

    id: str
    made_at: datetime
    bytes: int
    good: bool
    """Its job is completed, it holds rows, and is still there."""
    pinned: bool = False


@dataclass(frozen=True, kw_only=True)
class Keep:
    """How many stay; None: that is no reason for any to stay. All None but `size`: all of them, as long as they fit."""

    last: int | None = None
    within: timedelta | None = None
    """All that are not older."""
    daily: int | None = None
    """The last one of each of so many days, of those that have any."""
    weekly: int | None = None
    monthly: int | None = None
    size: int | None = None
    """In bytes. Whatever the other rules want, the oldest go until the rest fits."""

    @property
    def takes_all(self) -> bool:
        return (self.last, self.within, self.daily, self.weekly, self.monthly) == (None,) * 5


@dataclass(frozen=True, kw_only=True)
class Rotation:
    kept: tuple[tuple[Output, tuple[str, ...]], ...]
    """With the reasons, the newest first."""
    removed: tuple[Output, ...]
    """The oldest first."""
    ignored: tuple[Output, ...]
    """Failed or empty: they neither count nor go."""


def rotate(outputs: Iterable[Output], keep: Keep, now: datetime, zone: ZoneInfo) -> Rotation:
    """Equal moments are told apart by their ids, so that everybody comes to the same."""
    newest_first = sorted(outputs, key=lambda one: (one.made_at, one.id), reverse=True)
    good = [one for one in newest_first if one.good and one.bytes > 0]
    reasons: dict[str, list[str]] = {one.id: [] for one in good}
    for one, reason in (*_always(good, now), *_wanted(_counting(good, now), keep, now, zone)):
        reasons[one.id].append(reason)
    spared = {one.id for one, _ in _always(good, now)}
    too_much = _beyond([one for one in good if reasons[one.id]], keep.size, spared)
    return Rotation(
        kept=tuple((one, tuple(reasons[one.id])) for one in good if reasons[one.id] and one.id not in too_much),
        removed=tuple(one for one in reversed(good) if not reasons[one.id] or one.id in too_much),
        ignored=tuple(one for one in newest_first if not (one.good and one.bytes > 0)),
    )


def _always(good: Sequence[Output], now: datetime) -> Iterator[tuple[Output, str]]:
    """A date to come is a clock that was wrong: it says nothing about which is the last."""
    yield from ((one, "pinned") for one in good if one.pinned)
    yield from ((one, "dated in the future") for one in good if one.made_at > now)
    past = [one for one in good if one.made_at <= now]
    yield from ((one, "the last good one") for one in past[:1])


def _counting(good: Sequence[Output], now: datetime) -> list[Output]:
    """What is pinned takes nobody's place."""
    return [one for one in good if not one.pinned and one.made_at <= now]


def _wanted(counting: Sequence[Output], keep: Keep, now: datetime, zone: ZoneInfo) -> Iterator[tuple[Output, str]]:
    if keep.takes_all:
        yield from ((one, "all") for one in counting)
    yield from ((one, "last") for one in counting[: keep.last or 0])
    if keep.within is not None:
        yield from ((one, "within") for one in counting if now - one.made_at <= keep.within)
    monthly = ("monthly", keep.monthly, "%Y-%m")
    for name, most, form in (("daily", keep.daily, "%Y-%m-%d"), ("weekly", keep.weekly, "%G-%V"), monthly):
        yield from ((one, name) for one in _one_each(counting, most or 0, form, zone))


def _one_each(counting: Sequence[Output], most: int, form: str, zone: ZoneInfo) -> Iterator[Output]:
    """The newest of each period on the calendar of the zone, for the `most` latest periods that have any."""
    newest: dict[str, Output] = {}
    for one in counting:
        newest.setdefault(one.made_at.astimezone(zone).strftime(form), one)
    yield from islice(newest.values(), most)


def _beyond(wanted: Sequence[Output], size: int | None, spared: set[str]) -> set[str]:
    """The ids of the oldest that must go for the rest to fit."""
    too_many = sum(one.bytes for one in wanted) - size if size is not None else 0
    gone: set[str] = set()
    for one in reversed(wanted):
        if too_many > 0 and one.id not in spared:
            gone.add(one.id)
            too_many -= one.bytes
    return gone
