"""Whoever asks to stop is heard while a statement runs, and while it waits for what somebody else has locked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Event, Lock, Thread

from entrepot.model.ports import Cancel

AGAIN = 0.2
"""Seconds. What is ended is the statement of that moment, if there is one; the next one may be on its way already."""


class Heeding:
    """Of an engine, whoever it is asked by."""

    _cancel: Cancel | None = None

    def heed(self, cancel: Cancel) -> None:
        self._cancel = cancel

    @contextmanager
    def undisturbed(self) -> Iterator[None]:
        before, self._cancel = self._cancel, None
        try:
            yield
        finally:
            self._cancel = before

    def _check(self) -> None:
        if self._cancel is not None:
            self._cancel.check()

    @contextmanager
    def _heeding(self, stop: Callable[[], object]) -> Iterator[None]:
        """Calls it, from a thread of its own, from when somebody asks to stop until the block is over."""
        if self._cancel is None:
            yield
            return
        stopping = _Stopping(stop)
        try:
            with self._cancel.on_cancel(stopping.begin):
                yield
        finally:
            stopping.end()


class _Stopping:
    def __init__(self, stop: Callable[[], object]) -> None:
        self._stop = stop
        self._over, self._turn = Event(), Lock()
        self._thread: Thread | None = None

    def begin(self) -> None:
        with self._turn:
            if not self._over.is_set():
                self._thread = Thread(target=self._again, name="entrepot-stopping", daemon=True)
                self._thread.start()

    def _again(self) -> None:
        while not self._over.is_set():
            with suppress(Exception):  # the connection may be busy, or gone; if it waits on, the next time helps
                self._stop()
            self._over.wait(AGAIN)

    def end(self) -> None:
        """From now on nothing of the connection is touched."""
        with self._turn:
            self._over.set()
        if self._thread is not None:
            self._thread.join()
