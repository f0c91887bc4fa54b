"""A job at work in this process."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from entrepot.jobs.worker.telling import Telling
from entrepot.model.cancel import CancelSwitch
from entrepot.model.lives import Process
from entrepot.model.orders import Finishing, OrderRecord, Said
from entrepot.model.ports import Cancel, Reporter
from entrepot.model.records import Document, JobRecord, Status
from entrepot.state import State


class Why(StrEnum):
    """Why a job is asked to stop."""

    CANCELLED = "cancelled"
    TIMED_OUT = "timed_out"
    LEAVING = "leaving"
    """The worker goes."""
    LOST = "lost"
    """Somebody else has it by now."""


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """What whoever carries an order out works with."""

    state: State
    job: JobRecord
    """Owned by this worker."""
    order: OrderRecord
    paused: Process | None
    """Who had it, if that one gave no more sign of life."""
    reporter: Reporter
    cancel: Cancel
    finish: Finishing
    """Writes down its end, with what was reported; nothing can be said behind it."""


class Work(Protocol):
    """What the kinds of jobs come to; from the composition root."""

    def settled(self, attempt: Attempt) -> bool:
        """Whether an attempt before this one had done it already; then its end is on record now. Otherwise it does
        nothing of it any more, even if it was only paused."""
        ...

    def carry_out(self, attempt: Attempt) -> None:
        """Bring it to its end, and that on record; or raise, with nothing left behind."""
        ...


@dataclass(kw_only=True)
class Running:
    state: State
    job: JobRecord
    order: OrderRecord
    paused: Process | None = None
    telling: Telling = field(default_factory=Telling)
    switch: CancelSwitch = field(default_factory=CancelSwitch)
    began: float = field(default_factory=time.monotonic)
    why: Why | None = None
    _turn: threading.Lock = field(default_factory=threading.Lock)
    """The heart tells, and so does whoever carries it out: what one of them has taken is written before the other goes
    on to the end."""

    @property
    def attempt(self) -> Attempt:
        return Attempt(
            state=self.state,
            job=self.job,
            order=self.order,
            paused=self.paused,
            reporter=self.telling,
            cancel=self.switch,
            finish=self.finish,
        )

    @property
    def facts(self) -> dict[str, object]:
        """What every line of the log says that is written meanwhile."""
        job, order = self.job, self.order
        return {"job": job.id, "kind": job.kind, "tenant": order.tenant, "attempt": order.attempts}

    def stop(self, why: Why) -> None:
        """The first reason counts."""
        if self.why is None:
            self.why = why
            self.switch.cancel()

    def is_overdue(self) -> bool:
        limit = self.order.time_limit
        return limit is not None and time.monotonic() - self.began > limit

    def tell(self) -> None:
        """By the one who writes down; ChangedError `no_longer_owner` if it is somebody else's."""
        with self._said() as said:
            if said.events or said.progress is not None:
                self.state.ledger.events.tell(self.job, said.events, said.progress)

    def finish(
        self, job: JobRecord, status: Status, *, receipt: Document | None = None, error: Document | None = None
    ) -> JobRecord:
        """With all that was not told yet, by one write."""
        with self._said() as said:
            return self.state.ledger.jobs.finish(job, status, receipt=receipt, error=error, said=said)

    @contextmanager
    def _said(self) -> Iterator[Said]:
        """Since it was written down last. If that fails, it is told again."""
        with self._turn:
            said = Said(events=self.telling.events(), progress=self.telling.progress())
            try:
                yield said
            except Exception:
                self.telling.put_back(said.events)
                raise
