"""Parts of a job as rows of the ledger, which workers with a free place take; seen from the worker that has the job.

It takes one itself when it comes to it and nobody has begun it, or whoever did gives no sign of life.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from entrepot.jobs.part_files import let_go
from entrepot.ledger.jobs import NOBODY
from entrepot.model.errors import EntrepotError
from entrepot.model.fabric import PartState
from entrepot.model.ports import Cancel
from entrepot.model.records import Document, JobRecord
from entrepot.state import State

LOG = logging.getLogger("entrepot.worker")
LOOK = 0.1
SILENCE = 5.0
"""Seconds without a beat, after which a part is made by the owner of the job."""


@dataclass(kw_only=True)
class LedgerFabric:
    """Fulfils `model.fabric.Fabric`."""

    state: State
    job: JobRecord
    cancel: Cancel
    common: Document
    """What every spec says besides."""
    elsewhere: Callable[[int], object]
    """Hears how many rows others have made that are not here yet."""
    silence: float = SILENCE

    def fan_out(self, part: str, specs: Sequence[Document]) -> Generator[Document | None]:
        drop_parts(self.state, self.job)
        self.state.ledger.parts.offer(self.job, part, [{**self.common, **spec} for spec in specs])
        try:
            for number in range(len(specs)):
                made = self._made(number)
                yield made
                if made is not None:
                    let_go(self.state, made)
        finally:
            self.elsewhere(0)
            with suppress(EntrepotError):  # whoever has the job next does it
                drop_parts(self.state, self.job)

    def _made(self, number: int) -> Document | None:
        """None: it is ours."""
        listening = _Listening(self.silence)
        while True:
            self.cancel.check()
            now, *later = self.state.ledger.parts.states(self.job)[number:]
            to_come = sum(each.rows for each in later)
            if now.made is not None or self._is_ours(now, listening):
                self.elsewhere(to_come)
                return now.made
            self.elsewhere(now.rows + to_come)
            time.sleep(LOOK)

    def _is_ours(self, part: PartState, listening: _Listening) -> bool:
        if part.owner != NOBODY and not listening.hears_nothing_of(part):
            return False
        return self.state.ledger.parts.take_back(part, self.job.owner)


@dataclass
class _Listening:
    """By our own clock: others may have another."""

    patience: float
    heard: tuple[str, int] | None = None
    at: float = field(default_factory=time.monotonic)

    def hears_nothing_of(self, part: PartState) -> bool:
        if (part.owner, part.beats) != self.heard:
            self.heard, self.at = (part.owner, part.beats), time.monotonic()
        return time.monotonic() - self.at > self.patience


def drop_parts(state: State, job: JobRecord) -> None:
    """Those of this attempt and of all before it: whoever makes one hears that nobody wants it any more."""
    for made in state.ledger.parts.drop(job):
        with suppress(EntrepotError):  # they are not kept for long anyway
            let_go(state, made)
