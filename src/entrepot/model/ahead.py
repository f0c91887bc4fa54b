"""Reading ahead: the database makes the next rows while the last ones are compressed, written or staged.

The read runs in a thread of its own, from its first row to its end, because a read can only be left by whoever
runs it. What waits between the two is bounded by bytes.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterator
from contextlib import suppress
from contextvars import copy_context
from threading import Condition, Thread

from entrepot.model.errors import EntrepotError
from entrepot.model.templates import Chunk

AHEAD_BYTES = 6 << 20
"""More than the workbench parses at a time, and little beside what Python itself takes."""


class ReadAhead(Iterator[Chunk]):
    """The chunks of `read`, in order, and its error where they end. Nothing is read before `begin`, or before the
    first is asked for."""

    def __init__(self, read: Iterator[Chunk], limit: int = AHEAD_BYTES) -> None:
        self._read, self._limit = read, limit
        self._waiting: deque[Chunk] = deque()
        self._bytes = 0
        self._changed = Condition()
        self._over = self._left = False
        self._error: BaseException | None = None
        self._thread: Thread | None = None

    def begin(self) -> ReadAhead:
        """Start reading without waiting for anything."""
        if self._thread is None:
            self._thread = Thread(target=copy_context().run, args=(self._run,), name="entrepot-read-ahead", daemon=True)
            self._thread.start()
        return self

    def __next__(self) -> Chunk:
        self.begin()
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._over)
            if self._waiting:
                chunk = self._waiting.popleft()
                self._bytes -= len(chunk.data)
                self._changed.notify()
                return chunk
        error, self._error = self._error, None
        raise error or StopIteration

    def close(self) -> None:
        """Leave the read, wherever it is; it stops at its next chunk. What it may have met behind what was taken
        from it does not matter any more."""
        if self._thread is None:
            self._leave()
            return
        with self._changed:
            self._left = True
            self._changed.notify()
        self._thread.join()
        self._waiting.clear()
        self._error = None

    def _run(self) -> None:
        try:
            while not self._left and (chunk := next(self._read, None)) is not None:
                self._hand_over(chunk)
        except BaseException as error:  # raised again by whoever takes the chunks, after those that were good
            self._error = error
        finally:
            self._leave()
            with self._changed:
                self._over = True
                self._changed.notify()

    def _hand_over(self, chunk: Chunk) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._left or self._bytes < self._limit)
            self._waiting.append(chunk)
            self._bytes += len(chunk.data)
            self._changed.notify()

    def _leave(self) -> None:
        """One that was left early may fail to stop well; why it was left matters more."""
        if isinstance(self._read, Generator):
            with suppress(EntrepotError):
                self._read.close()
