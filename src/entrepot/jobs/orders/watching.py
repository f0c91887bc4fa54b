"""A job followed from any point to its end: its events in their order, and now and then how far it is."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from entrepot.model.orders import EventRecord, ProgressRecord
from entrepot.state import State

PAUSE = 0.1
MANY = 1000

Told = EventRecord | ProgressRecord


def follow(state: State, job: str, after: int, wait: Callable[[float], object] = time.sleep) -> Iterator[Told]:
    """Ends with the job; `wait` may raise, to stop watching. The end is looked at first, so that nothing that comes
    before it is missed."""
    seen: ProgressRecord | None = None
    while True:
        over = state.ledger.jobs.get(job).finished_at is not None
        events = state.ledger.events.after(job, after, MANY)
        yield from events
        after = events[-1].number if events else after
        progress = state.ledger.progress.of_job(job)
        if progress is not None and progress != seen and not over:
            seen = progress
            yield progress
        if over and len(events) < MANY:
            return
        if not events:
            wait(PAUSE)
