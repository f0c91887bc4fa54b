"""Rows that come out of the child: CSV through a named pipe, in blocks of whole rows."""

from __future__ import annotations

import os
import select
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from entrepot.workbench.borders import RowBorders
from entrepot.workbench.rows import roomy

BLOCK_BYTES = 1 << 20
POLL_SECONDS = 1.0


class Writer(Protocol):
    """Whoever fills the pipe."""

    def has_answered(self) -> bool:
        """Whether it has said how it ended."""
        ...


def blocks_of(pipe: Path, writer: Writer) -> Iterator[bytes]:
    """All that is written to `pipe`, until its writer ends or dies."""
    file = roomy(os.open(pipe, os.O_RDONLY | os.O_NONBLOCK))
    try:
        yield from _read(file, writer)
    finally:
        os.close(file)


def _read(file: int, writer: Writer) -> Iterator[bytes]:
    """A pipe that nobody opened yet looks ended; one whose writer has gone says so."""
    waiting = select.poll()
    waiting.register(file, select.POLLIN)
    while True:
        events = waiting.poll(POLL_SECONDS * 1000)
        if events and events[0][1] & select.POLLIN:
            if data := os.read(file, BLOCK_BYTES):
                yield data
        elif events or writer.has_answered():
            return


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
