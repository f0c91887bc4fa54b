"""Workers clean up by themselves, once an hour, in a thread of its own: a bucket that does not answer holds up neither
the clock nor a job."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from entrepot.jobs.housekeeping.cleaning import Cleaning
from entrepot.model.audit import OK, Action, AuditEntry
from entrepot.model.cancel import CancelSwitch
from entrepot.model.cleanup import CleanupReceipt
from entrepot.model.errors import EntrepotError
from entrepot.state import State

LOG = logging.getLogger("entrepot.cleanup")
EVERY = 3600.0
PRINCIPAL, ORIGIN = "worker", "worker"


@dataclass(kw_only=True)
class Housekeeping:
    """A chore of the worker (`jobs.worker.chores`)."""

    jobs_kept: timedelta
    seconds: Callable[[], float] = time.monotonic
    _cleaned: float | None = None
    _thread: threading.Thread | None = None
    _switch: CancelSwitch = field(default_factory=CancelSwitch)

    def __call__(self, state: State) -> None:
        busy = self._thread is not None and self._thread.is_alive()
        if busy or (self._cleaned is not None and self.seconds() - self._cleaned < EVERY):
            return
        self._cleaned = self.seconds()
        self._thread = threading.Thread(target=self._quietly, args=(state,), name="entrepot-cleanup", daemon=True)
        self._thread.start()

    def leave(self, patience: float) -> None:
        """The worker goes: what is left goes the next time."""
        self._switch.cancel()
        if self._thread is not None:
            self._thread.join(patience)

    def _quietly(self, state: State) -> None:
        try:
            self.clean(state)
        except Exception as error:
            traceback = None if isinstance(error, EntrepotError) else error
            LOG.warning("Cleaning up stopped, and goes on in an hour: %s", error, exc_info=traceback)

    def clean(self, state: State) -> CleanupReceipt | None:
        """Only what had expired when it was looked before, too. None: nobody did, or another worker has just cleaned
        up."""
        sure = state.ledger.removals.look()
        if sure is None or not state.ledger.removals.begin():
            return None
        done = Cleaning(state=state, jobs_kept=self.jobs_kept, cancel=self._switch).clean(sure)
        if done.count:
            LOG.info("Cleaned up: %d things, %d bytes", done.count, done.bytes)
            state.audit.add(_entry(done))
        return done


def _entry(done: CleanupReceipt) -> AuditEntry:
    facts = {"removed": {each.kind: each.count for each in done.sums}, "bytes": done.bytes}
    return AuditEntry(principal=PRINCIPAL, action=Action.CLEANUP, origin=ORIGIN, result=OK, facts=facts)
