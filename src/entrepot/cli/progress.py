"""What a running job shows: a live line on a terminal, plain lines in a pipe, nothing with --json."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from entrepot.cli.output import describe
from entrepot.model.ports import Reporter
from entrepot.model.problems import Problem


class Silent:
    def phase(self, words: str) -> None: ...

    def begin(self, entity: str, total: int | None) -> None: ...

    def advance(self, rows: int, size: int) -> None: ...

    def warn(self, problem: Problem) -> None: ...


class Lines:
    """Progress on stderr. `live` redraws one line several times a second; else a line at most every 5 seconds."""

    def __init__(self, *, live: bool) -> None:
        self.live = live
        self.every = 0.1 if live else 5.0
        self.entity = ""
        self.total: int | None = None
        self.rows = 0
        self.size = 0
        self.started = time.monotonic()
        self.shown = self.started

    def phase(self, words: str) -> None:
        self.clear()
        if not self.live:
            sys.stderr.write(f"{words}\n")

    def begin(self, entity: str, total: int | None) -> None:
        self.entity, self.total, self.rows, self.size = entity, total, 0, 0
        self.started = time.monotonic()

    def advance(self, rows: int, size: int) -> None:
        self.rows += rows
        self.size += size
        now = time.monotonic()
        if now - self.shown >= self.every:
            self.shown = now
            self._show(self._words(now - self.started))

    def warn(self, problem: Problem) -> None:
        self.clear()
        sys.stderr.write(f"{problem.severity.value.capitalize()}: {describe(problem)} [{problem.code}]\n")

    def clear(self) -> None:
        if self.live:
            sys.stderr.write("\r\x1b[2K")

    def _words(self, seconds: float) -> str:
        rate = self.rows / seconds if seconds > 0 else 0.0
        words = f"{self.entity}: {self.rows:,} rows, {rate:,.0f} rows/s"
        if not self.total or self.rows >= self.total:
            return words
        percent = 100 * self.rows / self.total
        left = (self.total - self.rows) / rate if rate else 0
        return f"{words}, {percent:.0f} %, about {left:.0f} s left"

    def _show(self, words: str) -> None:
        sys.stderr.write(f"\r\x1b[2K{words}" if self.live else f"{words}\n")
        sys.stderr.flush()


@contextmanager
def _lines(live: bool) -> Iterator[Reporter]:
    lines = Lines(live=live)
    try:
        yield lines
    finally:
        lines.clear()


@contextmanager
def _silent() -> Iterator[Reporter]:
    yield Silent()


def reporter(*, as_json: bool) -> AbstractContextManager[Reporter]:
    return _silent() if as_json else _lines(sys.stderr.isatty())
