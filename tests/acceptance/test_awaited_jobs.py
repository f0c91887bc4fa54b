"""Jobs watched by `async` programs and by many at once: nothing holds up the loop, nothing is missed or told twice."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest

from acceptance.work import BY_HAND, drained, environment_of, service
from entrepot import Entrepot, ExportOptions
from entrepot.access.permissions import Principal, Role
from entrepot.bystanders import SystemClock
from entrepot.jobs.orders import lookout
from entrepot.jobs.orders.lookout import QUICK, SHARE, SLOW, Pace
from entrepot.model.errors import InputError
from entrepot.model.orders import EventRecord, ProgressRecord
from entrepot.model.records import JobRecord, Status
from entrepot.state import open_state

CSV = ExportOptions(format="csv")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    with closing(sqlite3.connect(tmp_path / "app.db")) as connection:
        connection.executescript("CREATE TABLE users (id INTEGER PRIMARY KEY); INSERT INTO users VALUES (1), (2);")

    def wake(*_: object) -> bool:
        return True

    monkeypatch.setattr("entrepot.use_cases.inquiries.wake", wake)
    return tmp_path


def submitted(shop: Entrepot) -> str:
    return shop.submit_export("users", options=CSV, manner=BY_HAND).id


def test_an_async_program_hears_every_event_once_and_its_loop_goes_on(home: Path) -> None:
    shop = service(home)
    job = submitted(shop)

    async def beats() -> float:
        """The longest that the loop stood still."""
        longest, last = 0.0, time.monotonic()
        while True:
            await asyncio.sleep(0.01)
            longest, last = max(longest, time.monotonic() - last - 0.01), time.monotonic()
            if over.is_set():
                return longest

    async def heard(after: int) -> list[int]:
        return [event.number async for event in shop.awaited(job).events(after=after)]

    async def program() -> tuple[list[list[int]], float]:
        heart = asyncio.create_task(beats())
        watchers = [asyncio.create_task(heard(after)) for after in (0, 0, 2)]
        view = asyncio.create_task(shop.awaited(job).done())
        await asyncio.to_thread(drained, home)
        told = await asyncio.gather(*watchers)
        assert (await view).job.status is Status.COMPLETED
        over.set()
        return told, await heart

    over = threading.Event()
    (first, second, later), longest = asyncio.run(program())
    assert first == second == list(range(1, len(first) + 1))
    assert later == first[2:]
    assert longest < 2  # what it is on an idle machine is told by the bench
    assert "entrepot-lookout" not in {thread.name for thread in threading.enumerate()}


def test_progress_is_told_in_the_loop_while_the_job_goes_on(home: Path) -> None:
    shop = service(home)
    job = submitted(shop)
    heard: list[int] = []

    async def program() -> None:
        loop = asyncio.get_running_loop()

        def progress(record: ProgressRecord) -> None:
            assert asyncio.get_running_loop() is loop
            heard.append(record.facts["rows"])

        waiting = asyncio.create_task(shop.awaited(job).done(progress))
        await asyncio.to_thread(going_on, home, job, heard)
        assert (await waiting).job.status is Status.COMPLETED

    asyncio.run(program())
    assert heard == [1, 2, 3]


def going_on(home: Path, job: str, heard: list[int]) -> None:
    """As a worker writes it down; each when the one before it was heard."""
    with open_state(home / "state", SystemClock()) as state, state.owning() as owner:
        mine = state.ledger.jobs.take_over(state.ledger.jobs.get(job), owner)
        for rows in (1, 2, 3):
            state.ledger.events.tell(mine, [], {"rows": rows, "entity": "", "phase": ""})
            wait_for(heard, rows)
        state.ledger.jobs.finish(mine, Status.COMPLETED)


def wait_for(heard: list[int], many: int) -> None:
    deadline = time.monotonic() + 60
    while len(heard) < many:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_whoever_stops_waiting_leaves_nothing_behind(home: Path) -> None:
    shop = service(home)
    job = submitted(shop)

    async def program() -> None:
        async for _ in (events := shop.awaited(job).events()):
            break
        await events.aclose()  # type: ignore[attr-defined]
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(shop.awaited(job).done(), 0.5)

    asyncio.run(program())
    assert "entrepot-lookout" not in {thread.name for thread in threading.enumerate()}
    assert shop.job(job).job.status is Status.PENDING
    for told in shop.follow(job):
        assert isinstance(told, EventRecord)
        break
    assert shop.cancel_job(job).status is Status.CANCELLED


def test_what_cannot_be_watched_is_told_to_whoever_asked(home: Path) -> None:
    shop = service(home)
    submitted(shop)
    anna = Principal(name="anna", role=Role.ORG_ADMIN, tenant="1")
    stranger = Entrepot(f"sqlite:///{home / 'app.db'}", environment=environment_of(home), principal=anna)
    for who, job in ((shop, "exp_1"), (stranger, submitted(shop))):
        with pytest.raises(InputError) as caught:
            asyncio.run(who.awaited(job).done())
        assert caught.value.code == "unknown_job"


def test_many_watch_by_one_look(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each hears all of its own job, and nothing of others."""
    shop = service(home)
    jobs = [submitted(shop) for _ in range(30)]
    looks: list[int] = []
    known = lookout._known

    def counted(watchers: list[lookout.Watcher]) -> object:
        looks.append(len(watchers))
        return known(watchers)

    monkeypatch.setattr(lookout, "_known", counted)

    async def program() -> list[list[str]]:
        async def heard(job: str) -> list[str]:
            return [event.job async for event in shop.awaited(job).events()]

        watching = [asyncio.create_task(heard(job)) for job in jobs]
        await asyncio.to_thread(drained, home)
        return await asyncio.gather(*watching)

    for job, heard in zip(jobs, asyncio.run(program()), strict=True):
        assert set(heard) == {job}
        assert len(heard) >= 4
    assert max(looks) > 15


def test_a_job_that_is_forgotten_meanwhile_is_told_as_unknown(home: Path) -> None:
    shop = service(home)
    job = submitted(shop)
    told = shop.follow(job)
    assert isinstance(next(told), EventRecord)
    with closing(sqlite3.connect(home / "state" / "ledger.db")) as connection:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("DELETE FROM jobs")
        connection.commit()
    with pytest.raises(InputError) as caught:
        list(told)
    assert caught.value.code == "unknown_job"


def test_looks_are_seldom_while_nothing_happens_and_never_take_much() -> None:
    pace = Pace()
    pauses = [pace.next(news=False, cost=0.0) for _ in range(20)]
    assert pauses == sorted(pauses)
    assert (pauses[-1], pace.next(news=True, cost=0.0)) == (SLOW, QUICK)
    assert pace.next(news=True, cost=0.01) == 0.01 * SHARE
    assert pace.next(news=True, cost=10) == SLOW < 1


def test_a_backlog_of_events_comes_whole(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("entrepot.ledger.news.MANY", 7)
    shop = service(home)
    job, other = submitted(shop), submitted(shop)
    with open_state(home / "state", SystemClock()) as state, state.owning() as owner:
        for each in (job, other):
            mine: JobRecord = state.ledger.jobs.take_over(state.ledger.jobs.get(each), owner)
            state.ledger.events.tell(mine, [("phase", {"words": str(n)}) for n in range(40)], None)
            state.ledger.jobs.finish(mine, Status.COMPLETED)
    for each in (job, other):
        numbers = [told.number for told in shop.follow(each, 3) if isinstance(told, EventRecord)]
        assert numbers == list(range(4, 43))
