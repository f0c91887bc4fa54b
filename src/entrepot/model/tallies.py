"""What is added up of jobs that are over, so that nobody has to count them again."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from operator import add
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)

SECONDS = (0.1, 0.5, 1, 5, 15, 60, 300, 1800, 7200)
BYTES = (10_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000, 10_000_000_000)
"""Where the parts of the distributions end; what is above the last has a part of its own."""
OTHER = "other"


@dataclass(frozen=True, kw_only=True)
class Ended:
    """One job that is over."""

    seconds: float
    """Since it was asked for."""
    attempts: int
    deaths: int
    rows: int
    bytes: int | None
    """Of the files that it made, if any."""


@dataclass(frozen=True, kw_only=True)
class Tally:
    """Of jobs of one kind that ended alike."""

    jobs: int = 0
    attempts: int = 0
    deaths: int = 0
    millis: int = 0
    rows: int = 0
    bytes: int = 0
    lasted: tuple[int, ...] = field(default=(0,) * (len(SECONDS) + 1))
    """How many jobs, by `SECONDS`."""
    sized: tuple[int, ...] = field(default=(0,) * (len(BYTES) + 1))
    """How many made files, by `BYTES`."""

    def plus(self, ended: Ended) -> Tally:
        """
        >>> Tally().plus(Ended(seconds=0.2, attempts=1, deaths=0, rows=7, bytes=None)).lasted[:3]
        (0, 1, 0)
        """
        return Tally(
            jobs=self.jobs + 1,
            attempts=self.attempts + ended.attempts,
            deaths=self.deaths + ended.deaths,
            millis=self.millis + round(ended.seconds * 1000),
            rows=self.rows + ended.rows,
            bytes=self.bytes + (ended.bytes or 0),
            lasted=_one_more(self.lasted, SECONDS, ended.seconds),
            sized=self.sized if ended.bytes is None else _one_more(self.sized, BYTES, ended.bytes),
        )

    def with_all(self, other: Tally) -> Tally:
        added = {name: value + getattr(other, name) for name, value in vars(self).items() if isinstance(value, int)}
        return Tally(**added, lasted=_both(self.lasted, other.lasted), sized=_both(self.sized, other.sized))


def _both(one: Sequence[int], other: Sequence[int]) -> tuple[int, ...]:
    return tuple(map(add, one, other))


def _one_more(counts: Sequence[int], ends: Sequence[float], value: float) -> tuple[int, ...]:
    at = bisect_left(ends, value)
    return (*counts[:at], counts[at] + 1, *counts[at + 1 :])


@dataclass(frozen=True, kw_only=True)
class Total:
    """A tally, and whose it is."""

    kind: str
    status: str
    code: str
    """Of the error that they ended with; empty: none."""
    tally: Tally


def together(totals: Iterable[Total], key: Callable[[Total], Key]) -> dict[Key, Tally]:
    """Those with the same key are one."""
    found: dict[Key, Tally] = {}
    for total in totals:
        found[key(total)] = found.get(key(total), Tally()).with_all(total.tally)
    return found
