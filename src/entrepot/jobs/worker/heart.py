"""What a worker does beside its jobs, from one thread for all of them: it hears who asks to stop and which other
workers live, ends what takes too long, and writes down how far they are."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from entrepot.jobs.worker.running import Running, Why
from entrepot.model.errors import ChangedError, EntrepotError
from entrepot.state import State

LOG = logging.getLogger("entrepot.worker")
BEAT = 0.25
"""Whoever asks to stop is heard within it."""
WRITES_EVERY = 2
"""Beats: half a second."""


@dataclass(kw_only=True)
class Heart:
    state: State
    lease: float
    at_work: Callable[[], Sequence[Running]]
    listen: Callable[[], object]
    """To the other workers."""
    _over: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def beating(self) -> Iterator[None]:
        thread = threading.Thread(target=self._beat, name="entrepot-heart", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._over.set()
            thread.join()

    def _beat(self) -> None:
        beats, before = 0, time.monotonic()
        while not self._over.wait(BEAT):
            before = self._noticed(before)
            beats += 1
            try:
                self._look(self.at_work())
                self.listen()
                if beats % WRITES_EVERY == 0:
                    self._write(self.at_work())
            except Exception as error:  # the ledger is busy or away: the next beat tries again
                traceback = None if isinstance(error, EntrepotError) else error
                LOG.warning("the ledger does not answer: %s", error, exc_info=traceback)

    def _noticed(self, before: float) -> float:
        """Whoever was paused asks first of all what is still his, which the next look does."""
        now = time.monotonic()
        if now - before > self.lease:
            LOG.warning("this worker did nothing for %.1f seconds, so that others may have its jobs", now - before)
        return now

    def _look(self, running: Sequence[Running]) -> None:
        if not running:
            return
        news = self.state.ledger.orders.news([each.job for each in running])
        for each in running:
            if each.job.id in news.lost:
                each.stop(Why.LOST)
            elif each.job.id in news.cancelled:
                each.stop(Why.CANCELLED)
            elif each.is_overdue():
                each.stop(Why.TIMED_OUT)

    def _write(self, running: Sequence[Running]) -> None:
        for each in running:
            try:
                each.tell()
            except ChangedError:
                each.stop(Why.LOST)
