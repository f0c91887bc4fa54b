"""What a worker does beside its jobs, from one thread for all of them: it hears who asks to stop, ends what takes too
long, and writes down how far they are."""

from __future__ import annotations

import logging
import threading
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
    at_work: Callable[[], Sequence[Running]]
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
        beats = 0
        while not self._over.wait(BEAT):
            beats += 1
            try:
                self._look(self.at_work())
                if beats % WRITES_EVERY == 0:
                    self._write(self.at_work())
            except Exception as error:  # the ledger is busy or away: the next beat tries again
                traceback = None if isinstance(error, EntrepotError) else error
                LOG.warning("the ledger does not answer: %s", error, exc_info=traceback)

    def _look(self, running: Sequence[Running]) -> None:
        if not running:
            return
        asked = self.state.ledger.orders.asked_to_cancel([each.job.id for each in running])
        for each in running:
            if each.job.id in asked:
                each.stop(Why.CANCELLED)
            elif each.is_overdue():
                each.stop(Why.TIMED_OUT)

    def _write(self, running: Sequence[Running]) -> None:
        for each in running:
            try:
                each.tell()
            except ChangedError:
                each.stop(Why.LOST)
