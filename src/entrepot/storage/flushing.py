"""A file goes to the disk while it is still being written, so that its end has little to wait for."""

from __future__ import annotations

import os
from threading import Thread

from entrepot.storage.disk import Disk

AHEAD_BYTES = 32 << 20
"""Smaller files are at the disk in a moment anyway."""


class Flushing:
    """Of one open file. What a disk says of its trouble it says once, so that is kept until somebody listens."""

    def __init__(self, disk: Disk, descriptor: int) -> None:
        self._disk, self._descriptor = disk, descriptor
        self._bytes = 0
        self._thread: Thread | None = None
        self._error: OSError | None = None

    def note(self, size: int) -> None:
        """So many bytes more were written."""
        self._bytes += size
        if self._bytes >= AHEAD_BYTES and (self._thread is None or not self._thread.is_alive()):
            self._bytes = 0
            self._thread = Thread(target=self._flush, args=(os.dup(self._descriptor),), daemon=True)
            self._thread.start()

    def leave(self) -> None:
        """Nobody wants the file any more."""
        if self._thread is not None:
            self._thread.join()

    def finish(self) -> None:
        """All that was written is on the disk, or an OSError says that it is not."""
        self.leave()
        if self._error is not None:
            raise self._error
        self._disk.sync(self._descriptor)

    def _flush(self, descriptor: int) -> None:
        """`descriptor` is its own: who writes may close the file in the middle of it."""
        try:
            self._disk.sync(descriptor)
        except OSError as error:
            self._error = self._error or error
        finally:
            os.close(descriptor)
