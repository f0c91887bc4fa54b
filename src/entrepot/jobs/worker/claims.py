"""What a worker takes next: orders whose worker is dead or paused, and those that nobody has, the most urgent first."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain

from entrepot.jobs.worker.attempts import FIRST, MOST_DEATHS
from entrepot.jobs.worker.peers import Peers
from entrepot.jobs.worker.running import Running
from entrepot.jobs.worker.telling import Telling
from entrepot.ledger.jobs import NOBODY
from entrepot.model.errors import ChangedError
from entrepot.model.limits import UNLIMITED, Limits
from entrepot.model.orders import DueOrder
from entrepot.model.records import JobRecord
from entrepot.state import State

ORPHANS_EVERY = 1.0
"""Seconds between two looks at who is dead, or silent."""


def is_last_chance(deaths: int) -> bool:
    return deaths == MOST_DEATHS - 1


@dataclass(kw_only=True)
class Claims:
    state: State
    owner: str
    queues: Sequence[str] | None
    """None: it listens to all, also those that settings declare later, or no longer."""
    limits: Limits = UNLIMITED
    seconds: Callable[[], float] = time.monotonic
    peers: Peers = field(init=False)
    _dead: frozenset[str] = frozenset()
    """Owners, as the last look at them found, silent ones too. Who died since then still counts, which holds back too
    much, and not for long."""
    _looked: float | None = None
    _held_back: bool = False
    """A last chance waits until nothing else is at work; then nothing new may begin, or it would wait for ever."""

    def __post_init__(self) -> None:
        self.peers = Peers(state=self.state, owner=self.owner)

    @property
    def dead(self) -> frozenset[str]:
        return self._dead

    def take(self, most: int, at_work: Sequence[Running]) -> Iterator[Running]:
        """Each is counted as an attempt before it begins. Nothing runs beside the last chance of one with which workers
        have died: what else was at work each time would be taken for the culprit, too."""
        if most <= 0 or any(is_last_chance(each.order.deaths) for each in at_work):
            return
        if self._held_back and at_work and not self._is_time():
            return
        taken = 0
        here = {each.job.id for each in at_work}
        for due in chain(self._orphans(here), self._due(most)):
            died = due.job.owner not in (NOBODY, self.owner)
            alone = is_last_chance(due.deaths + died)
            if alone and (taken or at_work):
                self._held_back = True
                return
            if taken == most:
                return
            mine = self._taken(due)
            if mine is not None:
                taken += 1
                yield self._begun(mine, due.job.owner, died=died)
                if alone:
                    return

    def _begun(self, mine: JobRecord, before: str, *, died: bool) -> Running:
        """How far others came is known before anybody hears of it, also if it did not count as an attempt."""
        ledger = self.state.ledger
        told = ledger.progress.of_job(mine.id) if mine.epoch > FIRST else None
        percent = 0.0 if told is None else told.facts.get("percent") or 0.0
        order, paused = ledger.orders.begin_attempt(mine, died=died), self.peers.silent.get(before)
        return Running(state=self.state, job=mine, order=order, paused=paused, telling=Telling(percent))

    def _orphans(self, at_work: Collection[str]) -> Iterator[DueOrder]:
        """Also our own whose end could not be written down."""
        if not (self._held_back or self._is_time()):
            return
        self._looked, self._held_back = self.seconds(), False
        owners = {each.owner for each in self.state.ledger.taking.at_work()} - {self.owner}
        silent = self.peers.silent
        self._dead = frozenset(owner for owner in owners if owner in silent or not self.state.is_alive(owner))
        for due in self.state.ledger.orders.owned(self.queues):
            is_here = due.job.owner == self.owner
            if due.job.id not in at_work if is_here else due.job.owner in self._dead:
                yield due

    def _is_time(self) -> bool:
        return self._looked is None or self.seconds() - self._looked >= ORPHANS_EVERY

    def _due(self, most: int) -> Iterator[DueOrder]:
        """Asked for when the orphans have their places."""
        yield from self.state.ledger.orders.due(self.queues, most, self.limits, self._dead)

    def _taken(self, due: DueOrder) -> JobRecord | None:
        """None: somebody was quicker, or it would be one too many."""
        try:
            return self.state.ledger.taking.take(due, self.owner, self.limits, self._dead)
        except ChangedError:
            return None
