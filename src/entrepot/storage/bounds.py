"""How much may be written: heard by whoever says so while it is, so that what does not fit ends early."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from entrepot.model.errors import StorageError
from entrepot.storage.disk import Disk

Fits = Callable[[int], object]
"""Raises if so many bytes are too many."""
Limit = Callable[[], Fits]
"""As it is now, for one more file."""


def unlimited() -> Fits:
    return lambda _size: None


class BoundedDisk(Disk):
    """The disk below, for as many bytes in all as `fits` lets pass."""

    def __init__(self, below: Disk, fits: Fits) -> None:
        self._below = below
        self._fits = fits
        self._written = 0

    def write(self, descriptor: int, data: bytes | memoryview) -> int:
        self._fits(self._written + len(data))
        written = self._below.write(descriptor, data)
        self._written += written
        return written

    def sync(self, descriptor: int) -> None:
        self._below.sync(descriptor)

    def sync_folder(self, folder: Path) -> None:
        self._below.sync_folder(folder)


def must_have_room(folder: Path, needed: int, what: str) -> None:
    """Before the first byte. Where nobody can say how much is free, writing will."""
    free = free_in(folder)
    if free is not None and needed > free:
        raise StorageError(
            "insufficient_storage",
            f"{what} needs {needed:,} bytes or more in {folder}, and {free:,} are free there.",
            remedy="Make room, or choose another place.",
        )


def free_in(folder: Path) -> int | None:
    """Also of one that is not made yet."""
    there = next((place for place in (folder, *folder.parents) if place.exists()), None)
    try:
        return None if there is None else shutil.disk_usage(there).free
    except OSError:
        return None
