"""Whoever asks to stop is heard, also if the first word does not get through."""

from __future__ import annotations

from threading import Event

from entrepot.databases.heeding import Heeding
from entrepot.model.cancel import CancelSwitch


def test_whoever_could_not_stop_it_once_says_it_again() -> None:
    engine, switch, stopped = Heeding(), CancelSwitch(), Event()
    tries: list[int] = []

    def stop() -> None:
        tries.append(1)
        if len(tries) == 1:
            raise ConnectionError("busy")
        stopped.set()

    engine.heed(switch)
    with engine._heeding(stop):
        switch.cancel()
        assert stopped.wait(5)
