"""A job followed from any point to its end: its events in their order, and now and then how far it is."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from entrepot.jobs.orders.lookout import Lookout, Told, Watcher
from entrepot.state import State

Watched = Callable[[Watcher], AbstractContextManager[None]]
"""What lets a watcher hear."""
A_WHILE = 60.0
"""Who waits without an end cannot be interrupted everywhere."""
_lookouts: dict[tuple[int, str], Lookout] = {}
_registry = threading.Lock()


@contextmanager
def watching(
    watcher: Watcher, place: str, opened: Callable[[], AbstractContextManager[State]], tend: Callable[[State], object]
) -> Iterator[None]:
    """From now on the watcher hears; `place` says which ledger it is that `opened` opens. A process that was forked
    has threads of its own."""
    key = (os.getpid(), place)
    with _registry:
        lookout = _lookouts.get(key)
        if lookout is None or lookout.is_over:
            lookout = _lookouts[key] = Lookout(opened, tend)
        lookout.add(watcher)
    try:
        yield
    finally:
        with _registry:
            lookout.remove(watcher)
            last = not lookout.watchers
            if last and _lookouts.get(key) is lookout:
                del _lookouts[key]
        if last:
            lookout.close()


def follow(watched: Watched, job: str, after: int) -> Iterator[Told]:
    """Ends with the job."""
    news = threading.Event()
    watcher = Watcher(job=job, number=after, hear=news.set)
    with watched(watcher):
        while not watcher.is_over:
            news.wait(A_WHILE)
            news.clear()
            yield from watcher.take()
