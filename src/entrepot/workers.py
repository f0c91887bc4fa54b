"""A worker process: its settings become its claims, chores and place, until it is stopped or nothing is left to do."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import NoReturn

from entrepot.adapters import elsewhere_kept
from entrepot.bystanders import SystemClock
from entrepot.config.load import load_settings
from entrepot.config.own_records import own_place
from entrepot.config.queues import known_queues, listened_to
from entrepot.config.settings import Loaded
from entrepot.jobs.housekeeping.chore import Housekeeping
from entrepot.jobs.notices.courier import Courier
from entrepot.jobs.orders.waking import at_hand, is_awake, wake
from entrepot.jobs.schedules.clockwork import Clockwork
from entrepot.jobs.worker.begin import waited_for
from entrepot.jobs.worker.chores import LAST_CHORE, quietly
from entrepot.jobs.worker.claims import Claims
from entrepot.jobs.worker.hands import Hands
from entrepot.jobs.worker.loop import Around, Loop
from entrepot.ledger.processes import this_process
from entrepot.model.lives import Life
from entrepot.state import State, open_state
from entrepot.use_cases.notices import SettingsTargets
from entrepot.use_cases.telemetry import sending_traces, serving_metrics
from entrepot.work import Works

LOG = logging.getLogger("entrepot.worker")
Stopped = Callable[[Callable[[], None]], object]
"""Is given what stops the worker."""


def run_worker(
    config: Path | None,
    places: int,
    idle_exit: float | None,
    stopped: Stopped,
    *,
    metrics: str | None = None,
    queues: Sequence[str] = (),
) -> None:
    """`metrics` is the address where it tells what operators watch; without `queues` it listens to all."""
    read = partial(load_settings, os.environ, Path.cwd(), config)
    loaded = read()
    heard = listened_to(queues, loaded, alone=elsewhere_kept(loaded, os.environ).url is None)
    worker = Worker(read=read, loaded=loaded, places=places, idle_exit=idle_exit, stopped=stopped, queues=heard)
    going = threading.Event()
    stopped(going.set)
    with waited_for(worker.open, going, stays=idle_exit is None) as state:
        if state is not None:
            with serving_metrics(metrics, state, read), sending_traces(os.environ) as around:
                worker.work(state, around)


@dataclass(frozen=True, kw_only=True)
class Worker:
    read: Callable[[], Loaded]
    """The settings, as they are now."""
    loaded: Loaded
    """As they were when it began."""
    places: int
    idle_exit: float | None
    stopped: Stopped
    queues: Sequence[str] | None

    @cached_property
    def clockwork(self) -> Clockwork:
        return Clockwork(self.read, self.loaded.file)

    @cached_property
    def courier(self) -> Courier:
        return Courier(targets=SettingsTargets(environment=os.environ))

    @cached_property
    def housekeeping(self) -> Housekeeping:
        return Housekeeping(jobs_kept=self.loaded.settings.retention.jobs)

    def open(self) -> AbstractContextManager[State]:
        elsewhere = elsewhere_kept(self.loaded, os.environ)
        return open_state(self.loaded.state.absolute(), SystemClock(), elsewhere=elsewhere)

    def work(self, state: State, around: Around) -> None:
        quietly(self.clockwork, state)
        quietly(self.undeclared, state)
        if self.until_idle(state, around):
            self.courier.last_round(state)
        self.housekeeping.leave(LAST_CHORE)

    def undeclared(self, state: State) -> None:
        """Jobs of a queue that was taken out of the settings, or is only in those of others."""
        orders = state.ledger.orders
        left = 0 if self.queues is None else orders.open_in(None) - orders.open_in(known_queues(self.loaded))
        if left > 0:
            LOG.warning(
                "open jobs in queues that [work] queues does not declare, which wait for other workers: %d", left
            )

    def until_idle(self, state: State, around: Around) -> bool:
        """False: it was asked to go before."""
        life = Life(process=this_process(), lease=self.loaded.settings.work.lease)
        while True:
            with at_hand(state.folder, life, alone=not state.ledger.home.several), state.owning(life) as owner:
                loop = self.loop(state, owner, around)
                self.stopped(loop.stop)
                loop.run()
            if loop.outdated is not None:
                self.leave_to_the_next(loop.outdated)
            if loop.stopping.is_set():
                return False
            quietly(self.clockwork, state)  # the last run may have ended since: its output is not to wait for others
            if state.ledger.orders.open_in(loop.claims.queues) == 0 or is_awake(state.folder):
                return True

    def loop(self, state: State, owner: str, around: Around) -> Loop:
        limits, work = self.loaded.settings.work, Works(own_place(self.loaded, os.environ))
        several = state.ledger.home.several
        return Loop(
            state=state,
            claims=Claims(state=state, owner=owner, queues=self.queues, limits=limits),
            work=work,
            places=self.places,
            idle_exit=self.idle_exit,
            chores=(self.clockwork, self.courier, self.housekeeping),
            hands=Hands(state=state, owner=owner, work=work, limits=limits) if several else None,
            lease=limits.lease,
            around=around,
        )

    def leave_to_the_next(self, outdated: Exception) -> NoReturn:
        """A deploy has put a newer version in our place. Who was started by itself starts that one; the others have
        somebody who starts them again."""
        if self.idle_exit:
            wake(self.loaded.state.absolute(), own_place(self.loaded, os.environ), self.loaded.file)
        raise outdated
