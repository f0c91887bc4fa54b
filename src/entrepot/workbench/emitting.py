"""Rows that come out of the child: CSV through a named pipe, in blocks of whole rows."""

from __future__ import annotations

import os
import select
import time
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Protocol

from entrepot.workbench.borders import RowBorders
from entrepot.workbench.rows import roomy

BLOCK_BYTES = 1 << 20
POLL_SECONDS = 1.0
A_MOMENT = 0.0005
"""Until who has closed the pipe says so."""


class Writer(Protocol):
    """Whoever fills the pipe."""

    def has_answered(self) -> bool:
        """Whether it has said how it ended."""
        ...


def blocks_of(pipe: Path, writer: Writer) -> Generator[bytes]:
    """All that is written to `pipe`, until its writer ends or dies."""
    file = roomy(os.open(pipe, os.O_RDONLY | os.O_NONBLOCK))
    try:
        yield from _read(file, writer)
    finally:
        os.close(file)


def turn_away(pipe: Path, writer: Writer) -> None:
    """Nobody wants the rows any more: whoever waits for the other end of the pipe to be opened finds it closed."""
    while not writer.has_answered():
        os.close(os.open(pipe, os.O_RDONLY | os.O_NONBLOCK))
        time.sleep(A_MOMENT)


def _read(file: int, writer: Writer) -> Iterator[bytes]:
    """A pipe looks ended before it is opened, between two who open it, and, for a moment, when its last bytes come and
    its writer goes at once. So only who has answered has ended, and is looked at once more."""
    waiting = select.poll()
    waiting.register(file, select.POLLIN)
    over = False
    while True:
        events = waiting.poll(0 if over else POLL_SECONDS * 1000)
        if events and events[0][1] & select.POLLIN:
            if data := os.read(file, BLOCK_BYTES):
                yield data
        elif over:
            return
        else:
            over = writer.has_answered()
            if events and not over:
                time.sleep(A_MOMENT)


def whole_rows(blocks: Iterator[bytes], longest_row_bytes: int) -> Iterator[bytes]:
    """The same bytes, cut between rows."""
    borders = RowBorders(quote=b'"', longest_row_bytes=longest_row_bytes)
    kept = b""
    for block in blocks:
        borders.take(block)
        data = kept + block
        cut = len(data) - borders.open_bytes
        if cut:
            yield data[:cut]
        kept = data[cut:]
    if kept:
        yield kept


def whole_lines(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """The same bytes, cut between lines."""
    kept = b""
    for block in blocks:
        data = kept + block
        cut = data.rfind(b"\n") + 1
        if cut:
            yield data[:cut]
        kept = data[cut:]
