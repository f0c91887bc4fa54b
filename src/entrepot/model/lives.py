"""What a worker tells of itself, so that others can see that it lives, and know it from everybody else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

LOOKS = 3
"""How often somebody must have been looked at, at least, before he is silent."""


@dataclass(frozen=True, kw_only=True)
class Process:
    """Numbers of processes are given again, and count for one container alone; all of this together does not."""

    host: str
    """For people."""
    machine: str
    """Of which start, and whose numbers count there. Empty: nobody can say, and nobody is taken for this one."""
    pid: int
    born: int
    """When, in the machine's own ticks."""


@dataclass(frozen=True, kw_only=True)
class Life:
    process: Process
    lease: float
    """Seconds after which it is taken for paused if it gave no sign."""

    @property
    def beat(self) -> float:
        """Seconds between two signs: some may be missed."""
        return self.lease / 5


@dataclass(frozen=True, kw_only=True)
class Pulse:
    life: Life
    beat: int
    """Another one each time."""


@dataclass
class Silence:
    """Who has given no sign for the time of his lease, by what this process has seen itself: no two clocks need to
    agree, and none may jump. What passes unseen counts for little: whoever looks may have been paused, too."""

    _looked: float | None = None
    _heard: dict[str, tuple[int, float]] = field(default_factory=dict)

    def of(self, pulses: Mapping[str, Pulse], now: float) -> frozenset[str]:
        """`now` by a clock that only goes forward."""
        passed = 0.0 if self._looked is None else now - self._looked
        self._looked = now
        self._heard = {owner: self._later(owner, pulse, passed) for owner, pulse in pulses.items()}
        return frozenset(owner for owner, (_, quiet) in self._heard.items() if quiet >= pulses[owner].life.lease)

    def _later(self, owner: str, pulse: Pulse, passed: float) -> tuple[int, float]:
        beat, quiet = self._heard.get(owner, (None, 0.0))
        if beat != pulse.beat:
            return pulse.beat, 0.0
        return pulse.beat, quiet + min(passed, pulse.life.lease / LOOKS)
