"""A job for programs that wait with `async` and `await`: nothing here holds up their loop.

Whatever opens something or asks the database does so in a thread beside it; news come from the one that looks for all
who watch in this process.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager, suppress

from entrepot.jobs.orders.lookout import Told, Watcher
from entrepot.model.orders import EventRecord, JobView, ProgressRecord
from entrepot.model.records import JobRecord
from entrepot.use_cases.inquiries import Inquiries


class AwaitedJob:
    """One that was submitted. It goes on, whatever becomes of whoever waits for it."""

    def __init__(self, inquiries: Inquiries, id: str) -> None:
        self.id = id
        self._inquiries = inquiries

    async def events(self, after: int = 0) -> AsyncIterator[EventRecord]:
        """Those behind that number, in their order, until it is over."""
        async with aclosing(self._told(after)) as all_told:
            async for told in all_told:
                if isinstance(told, EventRecord):
                    yield told

    async def done(self, progress: Callable[[ProgressRecord], object] | None = None) -> JobView:
        """What became of it. `progress` is called in the loop each time that it has gone on, at most twice a second."""
        async with aclosing(self._told(0)) as all_told:
            async for told in all_told:
                if progress is not None and isinstance(told, ProgressRecord):
                    progress(told)
        return await self.view()

    async def view(self) -> JobView:
        """As it is now."""
        return await asyncio.to_thread(self._inquiries.job, self.id)

    async def cancel(self) -> JobRecord:
        """Ask it to stop; it hears of it within a second."""
        return await asyncio.to_thread(self._inquiries.cancel, self.id)

    async def _told(self, after: int) -> AsyncGenerator[Told, None]:
        news, loop = asyncio.Event(), asyncio.get_running_loop()

        def hear() -> None:
            with suppress(RuntimeError):  # the loop is over, and nobody listens any more
                loop.call_soon_threadsafe(news.set)

        watcher = Watcher(job=self.id, number=after, hear=hear)
        async with self._watched(watcher):
            while not watcher.is_over:
                await news.wait()
                news.clear()
                for told in watcher.take():
                    yield told

    @asynccontextmanager
    async def _watched(self, watcher: Watcher) -> AsyncIterator[None]:
        await asyncio.to_thread(self._inquiries.must_be_known, self.id)
        watched = self._inquiries.watched(watcher)
        await asyncio.to_thread(watched.__enter__)
        try:
            yield
        finally:
            await asyncio.to_thread(watched.__exit__, None, None, None)
