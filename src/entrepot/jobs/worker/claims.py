"""What a worker takes next: orders that nobody works on, the most urgent first, and those whose worker is dead."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from entrepot.jobs.worker.running import Running
from entrepot.ledger.jobs import NOBODY
from entrepot.model.errors import ChangedError
from entrepot.model.orders import DueOrder
from entrepot.model.records import JobRecord
from entrepot.state import State

LOOKED_AT = 20
"""More than are taken, because others may be at work on some."""


@dataclass(frozen=True, kw_only=True)
class Claims:
    state: State
    owner: str
    queues: Sequence[str]

    def take(self, most: int, at_work: Sequence[str]) -> Iterator[Running]:
        """Each is counted as an attempt before it begins."""
        for due in self.state.ledger.orders.due(self.queues, most + LOOKED_AT, at_work):
            if most <= 0:
                return
            mine = self._taken(due)
            if mine is not None:
                most -= 1
                order = self.state.ledger.orders.begin_attempt(mine, died=due.job.owner != NOBODY)
                yield Running(state=self.state, job=mine, order=order)

    def _taken(self, due: DueOrder) -> JobRecord | None:
        """None: somebody works on it, or was quicker. Looking is enough: a lock dies with its process."""
        if due.job.owner != NOBODY and self.state.is_alive(due.job.owner):
            return None
        try:
            return self.state.ledger.jobs.take_over(due.job, self.owner)
        except ChangedError:
            return None
