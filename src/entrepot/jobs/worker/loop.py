"""The worker's round: look for orders, begin as many as there is room for, and go when there is nothing to do."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field

from entrepot.jobs.orders.bell import hearing
from entrepot.jobs.worker.attempts import attempted
from entrepot.jobs.worker.chores import Chore, Chores
from entrepot.jobs.worker.claims import Claims, is_last_chance
from entrepot.jobs.worker.hands import Hands
from entrepot.jobs.worker.heart import Heart
from entrepot.jobs.worker.running import Running, Why, Work
from entrepot.ledger.migrating import is_newer
from entrepot.logs.about import about
from entrepot.model.errors import EntrepotError
from entrepot.state import State

LOG = logging.getLogger("entrepot.worker")
LOOK, SELDOM = 0.1, 0.5
"""Seconds between two looks. Where those who submit ring, looks are for what schedules submit, and for what has waited
for its time; each takes something from the jobs that are at work."""
AFTER_AN_ERROR = 1.0
LAST_WORDS = 20.0
"""How long jobs may take to hear that the worker goes."""

Around = Callable[[Running], AbstractContextManager[None]]


def nothing_around(_running: Running) -> AbstractContextManager[None]:
    return nullcontext()


@dataclass(kw_only=True)
class Loop:
    state: State
    claims: Claims
    work: Work
    places: int
    """How many jobs run at once."""
    idle_exit: float | None
    """Seconds without anything to do; None: it stays."""
    hands: Hands | None = None
    """For parts of other workers' jobs; None: there are none."""
    lease: float = 5.0
    """Seconds after which it may have been taken for paused."""
    chores: Sequence[Chore] = ()
    """What is done once a second besides: schedules that are due, messages to be sent."""
    around: Around = nothing_around
    """What goes on beside an attempt, in its thread: traces."""
    stopping: threading.Event = field(default_factory=threading.Event)
    outdated: Exception | None = None
    """A newer version has been at the ledger: this worker goes, and leaves its jobs to those of that version."""
    _running: dict[str, Running] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _woken: threading.Event = field(default_factory=threading.Event)
    _busy_at: float = field(default_factory=time.monotonic)

    def run(self) -> None:
        chores = Chores(state=self.state, chores=self.chores)
        with chores.going_on(), self._heart().beating(), self._hearing() as hears:
            pause = SELDOM if hears else LOOK
            while not self.stopping.is_set() and not self._is_idle():
                self._woken.clear()
                self._round()
                self._woken.wait(pause)
            self._leave()

    def _hearing(self) -> AbstractContextManager[bool]:
        """Records on a server are for many machines, most of whom could not ring."""
        several = self.state.ledger.home.several
        return nullcontext(False) if several else hearing(self.state.folder, self.wake)

    def _heart(self) -> Heart:
        return Heart(state=self.state, lease=self.lease, at_work=self.at_work, listen=self.claims.peers.listen)

    def at_work(self) -> list[Running]:
        with self._lock:
            return list(self._running.values())

    def wake(self) -> None:
        """Look now."""
        self._woken.set()

    def stop(self) -> None:
        self.stopping.set()
        self._woken.set()

    def look(self) -> int:
        """Begin what there is room for; how many."""
        self.state.ledger.must_be_known()
        running, helping = self.at_work(), self._helping()
        begun = 0
        for each in self.claims.take(self.places - len(running) - helping, running):
            self._begin(each)
            begun += 1
        if self.hands is not None and not any(is_last_chance(each.order.deaths) for each in self.at_work()):
            begun += self.hands.look(self.places - len(running) - helping - begun, self.claims.dead)
        return begun

    def _helping(self) -> int:
        return 0 if self.hands is None else self.hands.busy()

    def _begin(self, running: Running) -> None:
        with self._lock:
            self._running[running.job.id] = running
        threading.Thread(target=self._attempt, args=(running,), name=running.job.id, daemon=True).start()

    def _round(self) -> None:
        try:
            if self.look() or self.at_work() or self._helping():
                self._busy_at = time.monotonic()
        except Exception as error:
            self._troubled(error)

    def _troubled(self, error: Exception) -> None:
        """It may come back: what is there is looked at, not what happened."""
        LOG.warning("%s", error, exc_info=None if isinstance(error, EntrepotError) else error)
        if is_newer(error):
            self.outdated = error
            return self.stop()
        self._busy_at = time.monotonic()
        self.stopping.wait(AFTER_AN_ERROR)
        return None

    def _attempt(self, running: Running) -> None:
        try:
            with about(**running.facts), self.around(running):
                attempted(running, self.work)
        finally:
            with self._lock:
                del self._running[running.job.id]
            self._woken.set()

    def _is_idle(self) -> bool:
        if self.idle_exit is None or self.at_work() or self._helping():
            return False
        return time.monotonic() - self._busy_at >= self.idle_exit and self._nothing_waits()

    def _nothing_waits(self) -> bool:
        """What is put off is waited for, too."""
        try:
            return self.state.ledger.orders.open_in(self.claims.queues) == 0
        except Exception:
            return False

    def _leave(self) -> None:
        """What is begun goes back, and whoever comes next goes on with it."""
        for each in self.at_work():
            each.stop(Why.LEAVING)
        if self.hands is not None:
            self.hands.leave()
        deadline = time.monotonic() + LAST_WORDS
        while (self.at_work() or self._helping()) and time.monotonic() < deadline:
            self._woken.clear()
            self._woken.wait(LOOK)
