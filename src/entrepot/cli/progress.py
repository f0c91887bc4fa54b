"""What a running job shows: a live line on a terminal, plain lines in a pipe, nothing with --json."""

from __future__ import annotations

import os
import shutil
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

from entrepot.cli.output import describe
from entrepot.cli.text import cut, visible
from entrepot.model.ports import Reporter
from entrepot.model.problems import Problem

TICK_SECONDS = 0.5
CLEARED = "\r\x1b[2K"
"""Takes the live line away."""


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
        self.words = ""
        self.entity = ""
        """Whose rows move; empty between two phases."""
        self.total: int | None = None
        self.rows = 0
        self.size = 0
        self.started = time.monotonic()
        self.shown = self.started

    def phase(self, words: str) -> None:
        self.entity, self.words, self.started = "", words, time.monotonic()
        self.clear()
        if self.live:
            self._show(words)
        else:
            sys.stderr.write(f"{visible(words)}\n")

    def begin(self, entity: str, total: int | None) -> None:
        self.entity, self.total, self.rows, self.size = entity, total, 0, 0
        self.started = time.monotonic()

    def advance(self, rows: int, size: int) -> None:
        self.rows += rows
        self.size += size
        now = time.monotonic()
        if now - self.shown >= self.every:
            self._show(self._moving(now - self.started))

    def warn(self, problem: Problem) -> None:
        self.clear()
        sys.stderr.write(f"{problem.severity.value.capitalize()}: {describe(problem)} [{problem.code}]\n")

    def clear(self) -> None:
        if self.live:
            sys.stderr.write(CLEARED)

    def still_there(self) -> None:
        """Nothing has moved for a while; the time does."""
        seconds = time.monotonic() - self.started
        if time.monotonic() - self.shown >= TICK_SECONDS and (self.entity or self.words):
            self._show(self._moving(seconds) if self.entity else f"{self.words} ({seconds:.0f} s)")

    def _moving(self, seconds: float) -> str:
        """A value may hold line breaks, so that an import counts some rows too many; never more than there are."""
        rows = min(self.rows, self.total) if self.total else self.rows
        rate = rows / seconds if seconds > 0 else 0.0
        words = f"{self.entity}: {rows:,} rows, {rate:,.0f} rows/s"
        if not self.total or not rate or rows >= self.total:
            return words
        left = (self.total - rows) / rate
        return f"{words}, {100 * rows / self.total:.0f} %, about {left:.0f} s left"

    def _show(self, words: str) -> None:
        self.shown = time.monotonic()
        if self.live:
            words = cut(visible(words), shutil.get_terminal_size().columns - 1)
        sys.stderr.write(f"{CLEARED}{words}" if self.live else f"{visible(words)}\n")
        sys.stderr.flush()


@contextmanager
def _lines(live: bool) -> Iterator[Reporter]:
    lines = Lines(live=live)
    with _ticking(lines) if live else nullcontext():
        yield lines


@contextmanager
def _ticking(lines: Lines) -> Iterator[None]:
    """A thread, because the one that works is somewhere inside a database."""
    over = threading.Event()

    def tick() -> None:
        while not over.wait(TICK_SECONDS):
            lines.still_there()

    ticker = threading.Thread(target=tick, daemon=True)
    ticker.start()
    try:
        yield
    finally:
        over.set()
        ticker.join()
        lines.clear()
        sys.stderr.flush()


@contextmanager
def _silent() -> Iterator[Reporter]:
    yield Silent()


def reporter(*, as_json: bool) -> AbstractContextManager[Reporter]:
    live = sys.stderr.isatty() and os.environ.get("TERM", "dumb") != "dumb"
    return _silent() if as_json else _lines(live)
