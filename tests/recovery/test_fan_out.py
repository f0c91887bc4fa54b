"""A large export that several workers make together: the bytes of one that is made alone, whoever dies meanwhile."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from entrepot import Entrepot, ExportOptions
from entrepot.bystanders import SystemClock
from entrepot.ledger.jobs import NOBODY
from entrepot.model.fabric import PartState
from entrepot.model.records import JobRecord, Status
from entrepot.state import Elsewhere, State, open_state
from entrepot.use_cases.submissions import Manner
from servers.postgres import PostgresDatabase, PostgresServer

pytestmark = [pytest.mark.slow, pytest.mark.postgres]
ROWS, PART = 110_000, 15_000
TABLE = (
    "CREATE TABLE events (id bigint PRIMARY KEY, at timestamptz, what text, about jsonb)",
    f"""INSERT INTO events SELECT i, '2026-01-01'::timestamptz + i * interval '1 second', repeat(md5(i::text), 9),
        jsonb_build_object('n', i) FROM generate_series(1, {ROWS}) AS i""",
    "ANALYZE events",
)
CSV, LINES = ExportOptions(format="csv", compress="gzip"), ExportOptions(format="ndjson", compress="zstd")
OUT = "out.ndjson.zst"
SESSIONS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
AWAKE = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted"
PATIENCE = 240.0
STANDING = 2.0
"""It may stand in the middle of what another one waits for."""


@pytest.fixture(scope="module")
def events(postgres_server: PostgresServer) -> Iterator[PostgresDatabase]:
    with postgres_server.database() as database:
        database.execute(*TABLE)
        yield database


@pytest.fixture(scope="module")
def alone(events: PostgresDatabase, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What each format comes to without a worker."""
    folder = tmp_path_factory.mktemp("alone")
    for name, options in (("out.csv.gz", CSV), (OUT, LINES)):
        Entrepot(events.url, environment={}).export("events", to=folder / name, options=options)
    return {name: (folder / name).read_bytes() for name in ("out.csv.gz", OUT)}


@dataclass(frozen=True, kw_only=True)
class Crew:
    """Workers whose records are on a server, each with one place."""

    shop: Entrepot
    state: State
    folder: Path
    ledger: PostgresDatabase
    environment: dict[str, str]
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def hire(self, count: int) -> None:
        command = [sys.executable, "-m", "entrepot", "worker", "--concurrency", "1"]
        for _ in range(count):
            with self.log(len(self.workers)).open("wb") as log:
                self.workers.append(subprocess.Popen(command, cwd=self.folder, env=self.environment, stderr=log))
        until(lambda: int(str(self.ledger.value(AWAKE))) >= len(self.workers))

    def log(self, number: int) -> Path:
        return self.folder / f"worker-{number}.log"

    def said(self, words: str) -> list[bool]:
        """Whether each worker has, in its log."""
        return [words in self.log(number).read_text() for number in range(len(self.workers))]

    def worker(self, job: JobRecord, *, leads: bool) -> subprocess.Popen[bytes]:
        """Of two: the one that has the job, or the other."""
        return self.workers[self.said(f"{job.id}: attempt").index(leads)]

    def share(self, job: JobRecord) -> None:
        """Until another worker has begun a part: the one that has the job stands still now and then, because it might
        have done all by then."""
        until(lambda: self.state.ledger.parts.states(self.state.ledger.jobs.get(job.id)))
        leading = self.worker(job, leads=True)
        while not self.theirs(job):
            assert not self.state.ledger.jobs.get(job.id).status.final, "it was too quick"
            with stopped(leading):
                came_to_it(lambda: self.theirs(job), STANDING)

    def submit(self, name: str, options: ExportOptions) -> JobRecord:
        return self.shop.submit_export("events", to=self.folder / name, options=options, manner=Manner(wake=False))

    def theirs(self, job: JobRecord) -> tuple[PartState, ...]:
        """The parts that others have, or have made, than the one who has the job."""
        now = self.state.ledger.jobs.get(job.id)
        return tuple(each for each in self.state.ledger.parts.states(now) if each.owner not in (NOBODY, now.owner))

    def ended(self, job: JobRecord) -> Status:
        until(lambda: self.state.ledger.jobs.get(job.id).status.final)
        return self.state.ledger.jobs.get(job.id).status

    def left(self) -> list[str]:
        """Of parts, among the records and the stored files."""
        parts = [str(row[0]) for row in self.ledger.rows("SELECT id FROM entrepot.parts")]
        return [*parts, *self.state.ledger.artifacts.known(), *self.state.artifacts.stored()]


@contextmanager
def crew_of(events: PostgresDatabase, ledger: PostgresDatabase, folder: Path) -> Iterator[Crew]:
    settings = folder / "entrepot.toml"
    settings.write_text(
        f'[databases.main]\nurl = "env:EVENTS"\n[state]\nurl = "{ledger.url}"\n[work]\npart_rows = {PART}\n'
    )
    environment = {**os.environ, "EVENTS": events.url}
    shop = Entrepot("main", config=settings, environment=environment)
    with open_state(folder / ".entrepot", SystemClock(), elsewhere=Elsewhere(url=ledger.url)) as state:
        crew = Crew(shop=shop, state=state, folder=folder, ledger=ledger, environment=environment)
        try:
            yield crew
        finally:
            for worker in crew.workers:
                worker.terminate()
            for worker in crew.workers:
                worker.wait(30)


@pytest.fixture
def crew(events: PostgresDatabase, postgres_database: PostgresDatabase, tmp_path: Path) -> Iterator[Crew]:
    with crew_of(events, postgres_database, tmp_path) as made:
        yield made


@contextmanager
def stopped(worker: subprocess.Popen[bytes]) -> Iterator[None]:
    worker.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        worker.send_signal(signal.SIGCONT)


def until(found: Callable[[], object]) -> None:
    assert came_to_it(found, PATIENCE), "it did not come to it"


def came_to_it(found: Callable[[], object], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not found():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def test_the_bytes_are_those_of_an_export_made_alone_however_many_make_it(crew: Crew, alone: dict[str, bytes]) -> None:
    for more, name, options in ((1, "out.csv.gz", CSV), (1, OUT, LINES), (2, "out.csv.gz", CSV)):
        crew.hire(more)
        job = crew.submit(f"{len(crew.workers)}-{name}", options)
        if len(crew.workers) == 2:
            crew.share(job)
        assert crew.ended(job) is Status.COMPLETED
        assert (crew.folder / f"{len(crew.workers)}-{name}").read_bytes() == alone[name]
    assert any(crew.said(": made")), "they helped each other"
    assert crew.left() == []


def test_a_part_whose_worker_is_killed_is_made_by_another(crew: Crew, alone: dict[str, bytes]) -> None:
    crew.hire(2)
    job = crew.submit(OUT, LINES)
    crew.share(job)
    crew.worker(job, leads=False).kill()
    assert crew.ended(job) is Status.COMPLETED
    assert (crew.folder / OUT).read_bytes() == alone[OUT]
    assert crew.left() == []


def test_without_the_worker_that_has_the_job_all_parts_are_made_again(crew: Crew, alone: dict[str, bytes]) -> None:
    """Their snapshot has gone with it."""
    crew.hire(2)
    job = crew.submit(OUT, LINES)
    crew.share(job)
    crew.worker(job, leads=True).kill()
    assert not (crew.folder / OUT).exists()
    assert crew.ended(job) is Status.COMPLETED
    assert crew.state.ledger.orders.get(job.id).deaths == 1
    assert (crew.folder / OUT).read_bytes() == alone[OUT]
    assert crew.left() == []


def test_what_others_change_meanwhile_is_in_no_part(
    postgres_server: PostgresServer,
    events: PostgresDatabase,
    postgres_database: PostgresDatabase,
    tmp_path: Path,
    alone: dict[str, bytes],
) -> None:
    with postgres_server.database(events.name) as copy, crew_of(copy, postgres_database, tmp_path) as crew:
        crew.hire(2)
        job = crew.submit(OUT, LINES)
        crew.share(job)
        copy.execute("DELETE FROM events WHERE id % 2 = 0", f"INSERT INTO events SELECT {ROWS} + 1, now(), 'late'")
        assert crew.ended(job) is Status.COMPLETED
    assert (tmp_path / OUT).read_bytes() == alone[OUT]


def test_a_cancelled_export_stops_in_all_workers_and_leaves_nothing(crew: Crew, events: PostgresDatabase) -> None:
    crew.hire(2)
    job = crew.submit(OUT, LINES)
    crew.share(job)
    crew.shop.cancel_job(job.id)
    assert crew.ended(job) is Status.CANCELLED
    until(lambda: events.value(SESSIONS) == 0)
    until(lambda: crew.left() == [])
    assert [path.name for path in crew.folder.iterdir() if path.name.startswith("out.")] == []
