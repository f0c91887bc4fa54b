"""What watches a run if nobody else does: the system's clock, and a reporter that tells nobody."""

from __future__ import annotations

from datetime import UTC, datetime
from time import monotonic

from entrepot.model.problems import Problem


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return monotonic()


class Quiet:
    """Reports nothing to nobody."""

    def phase(self, words: str) -> None: ...

    def begin(self, entity: str, total: int | None) -> None: ...

    def advance(self, rows: int, size: int) -> None: ...

    def warn(self, problem: Problem) -> None: ...
