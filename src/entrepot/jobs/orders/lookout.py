"""One look for all who watch in this process: a thread that looks for the news of their jobs, often while there are
some, and seldom while there are none, but never later than in a second."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime

from entrepot.ledger.news import Known, News
from entrepot.ledger.records import unknown_id
from entrepot.model.orders import EventRecord, ProgressRecord
from entrepot.state import State

Told = EventRecord | ProgressRecord
QUICK, SLOW, SLOWER = 0.1, 0.8, 1.2
"""Seconds between two looks: after news, at most, and how they grow while nothing happens."""
SHARE = 40
"""A look takes at most one part in so many of a processor, however many watch."""
GATHER = 0.02
"""Seconds in which those who come at once are waited for."""
TEND_EVERY = 2.0
"""Seconds until somebody looks whether a worker is there for them."""


@dataclass(kw_only=True)
class Pace:
    pause: float = QUICK

    def next(self, *, news: bool, cost: float) -> float:
        """
        >>> pace = Pace()
        >>> [round(pace.next(news=news, cost=0.001), 2) for news in (True, False, False, True)]
        [0.1, 0.12, 0.14, 0.1]
        """
        self.pause = QUICK if news else min(self.pause * SLOWER, SLOW)
        return min(max(self.pause, cost * SHARE), SLOW)


@dataclass(kw_only=True, eq=False)
class Watcher:
    """Somebody who wants to know of one job what comes behind an event."""

    job: str
    number: int
    hear: Callable[[], object]
    """Called in another thread when there is something to take."""
    _told: deque[Told] = field(default_factory=deque)
    _told_at: datetime | None = None
    _over: bool = False
    _error: BaseException | None = None

    @property
    def is_hungry(self) -> bool:
        """Who has not taken yet what there is gets no more: nothing piles up."""
        return not (self._told or self._over or self._error)

    @property
    def known(self) -> Known:
        return Known(number=self.number, told_at=self._told_at)

    @property
    def is_over(self) -> bool:
        """All was taken, and nothing comes any more."""
        return self._over and not self._told

    def take(self) -> Iterator[Told]:
        """What has come since; or what keeps it from coming."""
        while self._told:
            yield self._told.popleft()
        if self._error is not None:
            raise self._error

    def tell(self, news: News) -> None:
        fresh = [event for event in news.events if event.number > self.number]
        self._told.extend(fresh)
        if fresh:
            self.number = fresh[-1].number
        if news.progress is not None and news.progress.updated_at != self._told_at:
            self._told_at = news.progress.updated_at
            self._told.append(news.progress)
        self._over = news.over
        self._hear_if_full()

    def fail(self, error: BaseException) -> None:
        self._error = error
        self.hear()

    def _hear_if_full(self) -> None:
        if not self.is_hungry:
            self.hear()


class Lookout:
    """For all who watch jobs of one ledger. The thread lives as long as there are some."""

    def __init__(self, opened: Callable[[], AbstractContextManager[State]], tend: Callable[[State], object]) -> None:
        self._opened, self._tend = opened, tend
        self.watchers: list[Watcher] = []
        self._lock = threading.Lock()
        self._poked, self._over = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="entrepot-lookout", daemon=True)
        self._tended = time.monotonic()

    def add(self, watcher: Watcher) -> None:
        with self._lock:
            self.watchers.append(watcher)
        if not self._thread.ident:
            self._thread.start()
        self._poked.set()

    def remove(self, watcher: Watcher) -> None:
        with self._lock:
            self.watchers.remove(watcher)

    def close(self) -> None:
        """Nothing is left open behind the last."""
        self._over.set()
        self._poked.set()
        self._thread.join()

    def _run(self) -> None:
        try:
            with self._opened() as state:
                pace = Pace()
                while not self._over.is_set():
                    self._wait(self._round(state, pace))
        except BaseException as error:  # who watches is told, in his own thread
            self._over.set()
            for watcher in self._some():
                watcher.fail(error)

    @property
    def is_over(self) -> bool:
        return self._over.is_set()

    def _wait(self, seconds: float) -> None:
        if self._poked.wait(seconds):
            time.sleep(GATHER)
        self._poked.clear()

    def _round(self, state: State, pace: Pace) -> float:
        """How long until the next."""
        began = time.thread_time()
        hungry = [watcher for watcher in self._some() if watcher.is_hungry]
        news = state.ledger.news.since(_known(hungry)) if hungry else {}
        for watcher in hungry:
            if watcher.job in news:
                _tell(watcher, news[watcher.job])
        if any(watcher.is_hungry for watcher in hungry) and time.monotonic() - self._tended >= TEND_EVERY:
            self._tend(state)
            self._tended = time.monotonic()
        if any(found is not None and found.more for found in news.values()):
            return GATHER
        return pace.next(news=bool(news), cost=time.thread_time() - began)

    def _some(self) -> list[Watcher]:
        with self._lock:
            return list(self.watchers)


def _known(watchers: Iterable[Watcher]) -> dict[str, Known]:
    """Of several who watch one job, what the last of them knows."""
    known: dict[str, Known] = {}
    for watcher in watchers:
        one, other = watcher.known, known.get(watcher.job)
        if other is not None:
            same = one.told_at == other.told_at
            one = Known(number=min(one.number, other.number), told_at=one.told_at if same else None)
        known[watcher.job] = one
    return known


def _tell(watcher: Watcher, news: News | None) -> None:
    if news is None:
        watcher.fail(unknown_id("job", watcher.job))
    else:
        watcher.tell(news)
