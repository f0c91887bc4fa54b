"""Sees which jobs give cause to a letter, writes that down, and sends what is due.

What is looked at is what is there, not what happened: a worker that dies between the end of a job and its letter leaves
a job without one, which the next one sees. Sending has a thread of its own, so that a slow receiver holds no job.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from entrepot.jobs.notices.letters import SETTINGS, causes, letter_id, letter_of, written
from entrepot.ledger.deliveries import Deliveries
from entrepot.model.errors import EntrepotError
from entrepot.model.notices import Delivered, DeliveryRecord, Event, Target
from entrepot.model.records import JobRecord
from entrepot.state import State

LOG = logging.getLogger("entrepot.notices")
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 480, 1440, 1440))
"""Between attempts; after the last one nobody tries any more."""
LEASE = timedelta(minutes=5)
BACK = timedelta(days=7)
"""How long a job may have been over when a worker looks for the first time."""
OVERLAP = timedelta(minutes=2)
"""Clocks of several machines differ."""
ROUND = timedelta(seconds=20)
"""How long a round goes on while letters get there; then it is looked again what is to be told."""
REST = timedelta(minutes=1)
"""Of a target that did not take a letter: meanwhile it holds up nobody else."""

Targets = Callable[[str], Sequence[Target]]
"""Of settings, by the file they stand in (empty: none)."""


@dataclass(kw_only=True)
class Courier:
    """A chore of the worker (`jobs.worker.loop`)."""

    targets: Targets
    patience: float = 30.0
    """Seconds that the end of a worker waits for a round that is on its way."""
    _since: datetime | None = None
    _seen: set[str] = field(default_factory=set)
    _known: dict[str, datetime] = field(default_factory=dict)
    _resting: dict[str, datetime] = field(default_factory=dict)
    _sending: threading.Thread | None = None

    def __call__(self, state: State) -> None:
        """A failing notification fails nothing else."""
        if self._sending is not None and self._sending.is_alive():
            return
        self._sending = threading.Thread(target=self._quietly, args=(state,), name="notices", daemon=True)
        self._sending.start()

    def last_round(self, state: State) -> None:
        """Before the worker goes: of jobs that have just ended, too. Nobody is waited for without end: what is not
        sent now, the next worker sends."""
        if self._sending is not None:
            self._sending.join(self.patience)
            if self._sending.is_alive():
                LOG.warning("A notification is still being sent; the next worker sees to those that wait.")
                return
        self._quietly(state)

    def deliver(self, state: State, now: datetime) -> int:
        """Write down what is due, and send it; how many got there."""
        deliveries = Deliveries(state.ledger.records)
        self._noted(deliveries, now)
        sent = 0
        while got := self._one_each(deliveries, state.ledger.records.now):
            sent += got
            if state.ledger.records.now() - now >= ROUND:
                break
        return sent

    def _one_each(self, deliveries: Deliveries, clock: Callable[[], datetime]) -> int:
        """A letter for each target, so that whoever has many, or is slow, does not keep the others waiting."""
        now, sent = clock(), 0
        self._resting = {target: until for target, until in self._resting.items() if until > now}
        served = set(self._resting)
        while taken := deliveries.take(LEASE, but=served):
            served.add(taken.target)
            sent += self._sent(deliveries, taken, clock)
        return sent

    def _quietly(self, state: State) -> None:
        try:
            self.deliver(state, state.ledger.records.now())
        except Exception as error:
            LOG.warning("Notifications wait: %s", error)

    def _noted(self, deliveries: Deliveries, now: datetime) -> None:
        """What is written already is sent, even if no more can be written."""
        try:
            self._note(deliveries, now)
        except Exception as error:
            LOG.warning("What became of jobs is not written down to be told: %s", error)

    def _note(self, deliveries: Deliveries, now: datetime) -> None:
        """What is no longer looked at need not be kept in mind."""
        due = {
            letter_id(job.id, event, target.name, settings): (job, target, event, settings)
            for job, target, event, settings in self._due(deliveries, now)
        }
        known = deliveries.known(due.keys() - self._seen) | self._seen
        fresh = [cause for name, cause in due.items() if name not in known]
        if fresh:
            deliveries.write(written(*cause, now) for cause in fresh)
        self._seen = set(due)
        self._since = now - OVERLAP

    def _due(self, deliveries: Deliveries, now: datetime) -> Iterator[tuple[JobRecord, Target, Event, str]]:
        for job, asked in deliveries.candidates(self._since or now - BACK, untold=self._since is None):
            settings = (asked.get("place") or {}).get("settings") or ""
            for target in self.targets(settings):
                if not self._is_late(deliveries, job, target, settings):
                    yield from ((job, target, event, settings) for event in causes(job, target, now))

    def _is_late(self, deliveries: Deliveries, job: JobRecord, target: Target, settings: str) -> bool:
        """Whether the job was over before anybody knew that somebody wants to be told."""
        marker = letter_id("", "", target.name, settings)
        if marker not in self._known:
            self._known[marker] = deliveries.known_since(target.name, marker)
        return job.finished_at is not None and job.finished_at < self._known[marker]

    def _sent(self, deliveries: Deliveries, taken: DeliveryRecord, clock: Callable[[], datetime]) -> bool:
        """Stamped with the time of its own sending: receivers refuse what is old."""
        try:
            self._target(taken).way.send(letter_of(taken), clock())
        except Exception as error:
            now = clock()
            self._resting[taken.target] = now + REST
            self._put_off(deliveries, taken, error, now)
            return False
        deliveries.settle(taken, Delivered.SENT, None, None)
        return True

    def _target(self, taken: DeliveryRecord) -> Target:
        for target in self.targets(taken.message.get(SETTINGS, "")):
            if target.name == taken.target:
                return target
        raise LookupError(f"the settings have no notification '{taken.target}' any more")

    def _put_off(self, deliveries: Deliveries, taken: DeliveryRecord, error: Exception, now: datetime) -> None:
        code = error.code if isinstance(error, EntrepotError) else type(error).__name__
        words = f"{error} [{code}]"
        LOG.warning("%s to %s about %s: %s", taken.id, taken.target, taken.job, words)
        if taken.attempts > len(PAUSES):
            deliveries.settle(taken, Delivered.FAILED, words, None)
        else:
            deliveries.settle(taken, Delivered.WAITING, words, now + PAUSES[taken.attempts - 1])
