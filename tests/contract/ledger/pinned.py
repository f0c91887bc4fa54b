"""A clock that stands still until it is told to go on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class PinnedClock:
    def __init__(self) -> None:
        self.moment = datetime(2026, 11, 21, 11, 30, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment

    def monotonic(self) -> float:
        return self.moment.timestamp()

    def pass_by(self, **time: int) -> None:
        self.moment += timedelta(**time)
