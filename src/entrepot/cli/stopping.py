"""Ctrl-C, and SIGTERM alike: work that can be asked to stop is asked; what does not listen is interrupted.

Interrupting Python anywhere could strike in the middle of the cleaning up, or between two files that belong
together. So an export is asked first, ends at its next chunk, and has either published everything or nothing.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from entrepot.model.cancel import CancelSwitch

SIGNALS = (signal.SIGINT, signal.SIGTERM)
PATIENCE_SECONDS = 2.0
"""How long work may take to hear that it is asked to stop, before it is interrupted wherever it is."""
WAKING_SECONDS = 0.5


class Stop:
    """What a signal does in this run."""

    def __init__(self) -> None:
        self._ask: Callable[[], None] | None = None

    def switch(self) -> CancelSwitch:
        """For work that listens: from now on the first signal asks, and only the second one interrupts."""
        switch = CancelSwitch()
        self._ask = switch.cancel
        return switch

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """While nobody works but somebody is asked something: the first signal interrupts."""
        ask, self._ask = self._ask, None
        try:
            with _waking():
                yield
        finally:
            self._ask = ask

    def hear(self, _number: int, _frame: FrameType | None) -> None:
        ask, self._ask = self._ask, None
        if ask is None:
            raise KeyboardInterrupt
        signal.setitimer(signal.ITIMER_REAL, PATIENCE_SECONDS)
        # From another thread: this one may hold the very lock that asking needs.
        threading.Thread(target=ask, daemon=True).start()

    def lose_patience(self, _number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt


@contextmanager
def _waking() -> Iterator[None]:
    """A signal that comes just before a wait begins is heard when the wait ends; so waits for an answer end often."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGALRM, lambda _number, _frame: None)
    signal.setitimer(signal.ITIMER_REAL, WAKING_SECONDS, WAKING_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextmanager
def listening(*, last: bool) -> Iterator[Stop]:
    """Signals reach the block as described above, and afterwards whoever they reached before; nobody, if the block
    is the last thing that the program does: it has its exit code already."""
    stop = Stop()
    if threading.current_thread() is not threading.main_thread():
        yield stop  # only the main thread is told of signals
        return
    before = {number: signal.signal(number, stop.hear) for number in SIGNALS}
    before[signal.SIGALRM] = signal.signal(signal.SIGALRM, stop.lose_patience)
    try:
        yield stop
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in before.items():
            signal.signal(number, signal.SIG_IGN if last else handler)
