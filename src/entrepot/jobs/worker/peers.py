"""The other workers of a ledger: who of them gives no sign of life any more."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from entrepot.model.lives import Process, Silence
from entrepot.state import State

LOG = logging.getLogger("entrepot.worker")
LISTENS_EVERY = 1.0
"""Seconds."""


@dataclass(kw_only=True)
class Peers:
    """One thread listens, others ask."""

    state: State
    owner: str
    """Who listens."""
    seconds: Callable[[], float] = time.monotonic
    silent: Mapping[str, Process] = field(default_factory=dict)
    _silence: Silence = field(default_factory=Silence)
    _listened: float | None = None

    def listen(self) -> None:
        """Once a second at most. What the silent have open in our records would keep others waiting."""
        now = self.seconds()
        if self._listened is not None and now - self._listened < LISTENS_EVERY:
            return
        self._listened = now
        pulses = {owner: it for owner, it in self.state.ledger.home.pulses().items() if owner != self.owner}
        silent = {owner: pulses[owner].life.process for owner in self._silence.of(pulses, now)}
        for owner, process in silent.items():
            if owner not in self.silent:
                LOG.warning("worker %d on %s gives no sign of life", process.pid, process.host)
            self.state.ledger.home.end_sessions(owner)
        self.silent = silent
