"""Asking a running job to stop, from any thread."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from entrepot.model.errors import CancelledError


class CancelSwitch:
    """Fulfils `ports.Cancel`. `cancel()` may be called more than once; the first call wins."""

    def __init__(self) -> None:
        self._asked = threading.Event()
        self._lock = threading.Lock()
        self._callbacks: list[Callable[[], None]] = []

    def cancel(self) -> None:
        with self._lock:
            self._asked.set()
            callbacks = tuple(self._callbacks)
            self._callbacks.clear()
        for callback in callbacks:
            callback()

    def check(self) -> None:
        if self._asked.is_set():
            raise CancelledError("cancelled", "Stopped on request.", remedy="Nothing was left behind.")

    @contextmanager
    def on_cancel(self, callback: Callable[[], None]) -> Iterator[None]:
        with self._lock:
            self.check()
            self._callbacks.append(callback)
        try:
            yield
        finally:
            with self._lock:
                if callback in self._callbacks:
                    self._callbacks.remove(callback)
