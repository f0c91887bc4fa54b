"""Parts of jobs that other workers have: this one takes them where it has a place left."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Protocol

from entrepot.jobs.part_files import let_go
from entrepot.logs.about import about
from entrepot.model.cancel import CancelSwitch
from entrepot.model.errors import EntrepotError
from entrepot.model.fabric import Making, PartRecord
from entrepot.model.limits import UNLIMITED, Limits
from entrepot.model.records import Document
from entrepot.state import State

LOG = logging.getLogger("entrepot.worker")
BEAT = 0.25
"""A sign of life; and whoever makes a part that nobody wants any more hears of it."""
PAUSE = 0.5
REMEMBERED = 1000


class PartWork(Protocol):
    """What the functions of parts come to; from the composition root."""

    def make(self, state: State, part: PartRecord, making: Making) -> Document: ...


class AtHand:
    """A part that this worker makes. Fulfils `model.fabric.Making`."""

    def __init__(self, part: PartRecord) -> None:
        self.part = part
        self.cancel = CancelSwitch()
        self.rows = 0
        self.wanted = True
        self.over = threading.Event()

    def progress(self, rows: int) -> None:
        self.rows += rows


@dataclass(kw_only=True)
class Hands:
    state: State
    owner: str
    work: PartWork
    limits: Limits = UNLIMITED
    _at_hand: dict[str, AtHand] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _refused: deque[tuple[str, int]] = field(default_factory=lambda: deque(maxlen=REMEMBERED))
    """Attempts whose parts cannot be made here."""
    _not_before: float = 0.0

    def busy(self) -> int:
        with self._lock:
            return len(self._at_hand)

    def look(self, room: int, dead: Collection[str]) -> int:
        """Begin as many as there is room for; how many. Where there was nothing, it is not looked again at once."""
        begun, now = 0, time.monotonic()
        if now < self._not_before:
            return 0
        while begun < room:
            part = self.state.ledger.parts.waiting(self.owner, tuple(self._refused))
            if part is None or not self.state.ledger.parts.take(part, self.owner, self.limits, dead):
                self._not_before = now + PAUSE
                break
            self._begin(AtHand(part))
            begun += 1
        return begun

    def leave(self) -> None:
        with self._lock:
            at_hand = tuple(self._at_hand.values())
        for each in at_hand:
            each.cancel.cancel()

    def _begin(self, each: AtHand) -> None:
        with self._lock:
            self._at_hand[each.part.id] = each
        for does in (self._make, self._beat):
            threading.Thread(target=does, args=(each,), name=each.part.id, daemon=True).start()

    def _make(self, each: AtHand) -> None:
        with about(job=each.part.job, part=each.part.number):
            try:
                self._made(each)
            except BaseException as error:
                with suppress(EntrepotError):  # then its beats end, which says it, too
                    self._failed(each, error)
            finally:
                each.over.set()
                with self._lock:
                    del self._at_hand[each.part.id]

    def _made(self, each: AtHand) -> None:
        made = self.work.make(self.state, each.part, each)
        if self.state.ledger.parts.finish(each.part, self.owner, each.rows, made):
            LOG.info("part %d of %s: made", each.part.number, each.part.job)
        else:
            let_go(self.state, made)

    def _failed(self, each: AtHand, error: BaseException) -> None:
        """The owner of the job makes it, or says what is wrong."""
        if not each.wanted:
            return
        part = each.part
        LOG.warning("part %d of %s is left to others: %s", part.number, part.job, error)
        self._refused.append((part.job, part.epoch))
        self.state.ledger.parts.release(part, self.owner)

    def _beat(self, each: AtHand) -> None:
        while not each.over.wait(BEAT):
            try:
                each.wanted = self.state.ledger.parts.beat(each.part, self.owner, each.rows)
            except EntrepotError as error:
                LOG.warning("the ledger does not answer: %s", error)
            if not each.wanted:
                each.cancel.cancel()
                return
