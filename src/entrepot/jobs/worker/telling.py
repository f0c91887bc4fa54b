"""What a job says while it works: noted in memory by the job, written down by the worker now and then."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from entrepot.ledger.events import PHASE
from entrepot.model.problems import Problem
from entrepot.model.records import Document
from entrepot.model.whole import Whole

WARNING = "warning"
MOST_WARNINGS = 100
"""Of one attempt; more are counted."""


class Telling:
    """Fulfils `ports.Reporter` and `ports.Expecting`. One thread tells, another one takes."""

    def __init__(self, percent: float = 0.0) -> None:
        """`percent`: what an attempt before this one has told."""
        self._events: deque[tuple[str, Document]] = deque()
        self._words, self._entity = "", ""
        self._total: int | None = None
        self._rows = self._size = self._all_rows = self._warnings = self._elsewhere = self._shown = 0
        self._began = time.monotonic()
        self._taken: Document | None = None
        self._whole = Whole(percent)
        self.on_phase: Callable[[str], object] | None = None
        """Hears of each, in the thread that tells it."""

    @property
    def all_rows(self) -> int:
        return self._all_rows

    def phase(self, words: str) -> None:
        if self.on_phase is not None:
            self.on_phase(words)
        self._entity, self._words = "", words
        self._whole.phase(words)
        self._events.append((PHASE, {"words": words}))

    def expect(self, totals: Mapping[str, int | None]) -> None:
        self._whole.expect(totals)

    def begin(self, entity: str, total: int | None) -> None:
        self._entity, self._total, self._rows, self._size, self._shown = entity, total, 0, 0, 0
        self._began = time.monotonic()
        self._whole.begin(entity, total)

    def advance(self, rows: int, size: int) -> None:
        self._rows += rows
        self._size += size
        self._all_rows += rows
        self._whole.advance(rows)

    def elsewhere(self, rows: int) -> None:
        """So many more are made already, and will come."""
        self._elsewhere = rows

    def warn(self, problem: Problem) -> None:
        self._warnings += 1
        if self._warnings <= MOST_WARNINGS:
            self._events.append((WARNING, msgspec.to_builtins(problem)))

    def note(self, kind: str, facts: Document) -> None:
        self._events.append((kind, facts))

    def events(self) -> list[tuple[str, Document]]:
        """Those that nobody has taken yet."""
        taken = []
        while self._events:
            taken.append(self._events.popleft())
        return taken

    def put_back(self, events: Sequence[tuple[str, Document]]) -> None:
        """They could not be written down: they come again, before what was told since, and so does the progress."""
        self._events.extendleft(reversed(events))
        self._taken = None

    def progress(self) -> Document | None:
        """None: nothing has moved since it was asked for last."""
        now = self._facts()
        if self._taken is not None and _still(now) == _still(self._taken):
            return None
        self._taken = now
        return now

    def _facts(self) -> dict[str, Any]:
        seconds = time.monotonic() - self._began
        self._shown = max(self._shown, self._rows + self._elsewhere)  # what comes here is counted twice, or not at all
        rows = min(self._shown, self._total) if self._total else self._shown
        rate = round(rows / seconds) if seconds > 0 else 0
        facts: dict[str, Any] = {
            "phase": self._words,
            "entity": self._entity,
            "rows": rows,
            "total": self._total,
            "bytes": self._size,
            "rows_of_all": self._all_rows,
            "rows_per_second": rate,
            "warnings": self._warnings,
            "percent": round(self._whole.percent, 1),
        }
        if self._total:
            facts["seconds_left"] = round((self._total - rows) / rate) if rate else None
        return facts


def _still(facts: Document) -> tuple[Any, ...]:
    """Without what time alone changes."""
    return tuple(facts[name] for name in ("phase", "entity", "rows", "bytes", "warnings"))
