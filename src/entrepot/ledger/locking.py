"""One writer at a time, by a lock that dies with its process.

SQLite would see to that alone, but before 3.51.3 two processes that write and checkpoint a WAL file at the same moment
can damage it (the "WAL-reset bug"), and a waiter of ours goes on at once instead of sleeping longer and longer.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from entrepot.model.errors import UnavailableError

PATIENCE = 30.0
PAUSE, LOOKS_EVERY = 0.01, 1.0


def _nothing() -> None:
    """Happens while somebody waits."""


@contextmanager
def locked(file: Path, patience: float = PATIENCE, meanwhile: Callable[[], object] = _nothing) -> Iterator[None]:
    """Holds the lock of `file` for the block; waits for others, but not for ever. `meanwhile` is done every second."""
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _wait(descriptor, file, patience, meanwhile)
        yield
    finally:
        os.close(descriptor)


def lock_of(file: Path, patience: float = 0) -> int | None:
    """A descriptor that holds the lock, to be handed on or closed; None: somebody else has it."""
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    deadline = time.monotonic() + patience
    while not _taken(descriptor):
        if time.monotonic() >= deadline:
            os.close(descriptor)
            return None
        time.sleep(PAUSE)
    return descriptor


def _wait(descriptor: int, file: Path, patience: float, meanwhile: Callable[[], object]) -> None:
    began = looked = time.monotonic()
    while not _taken(descriptor):
        if time.monotonic() - began > patience:
            raise UnavailableError(
                "ledger_busy",
                f"Another process has been writing to {file.parent} for too long.",
                remedy="Try again; if it stays so, look for one that hangs (`fuser` names those that hold the file).",
            )
        if time.monotonic() - looked > LOOKS_EVERY:
            meanwhile()
            looked = time.monotonic()
        time.sleep(PAUSE)


def _taken(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
