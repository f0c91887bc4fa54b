"""Bytes from a file of somebody to a sink, a block at a time."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from entrepot.model.errors import ChangedError
from entrepot.model.ports import Sink
from entrepot.storage.faults import reading

BLOCK = 4 << 20
Told = Callable[[int], object]
"""Hears the size of every block, and may raise."""


def nobody(_size: int) -> None: ...


def copy(source: BinaryIO, sink: Sink, told: Told) -> None:
    while block := source.read(BLOCK):
        sink.write(block)
        told(len(block))


def copy_file(path: Path, sink: Sink, told: Told) -> None:
    """A file that somebody writes to meanwhile is no file to go by, and one that grows might never end."""
    with reading(path), path.open("rb", buffering=0) as source:
        before = _state(source)

        def unchanged(size: int) -> None:
            told(size)
            if _state(source) != before:
                raise ChangedError(
                    "file_changed", f"{path} was changed while it was read.", remedy="Wait until it is finished."
                )

        copy(source, sink, unchanged)


def _state(file: BinaryIO) -> tuple[int, ...] | None:
    """None for what is no plain file: a pipe changes by being read."""
    found = os.fstat(file.fileno())
    return (found.st_size, found.st_mtime_ns) if stat.S_ISREG(found.st_mode) else None
