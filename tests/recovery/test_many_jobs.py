"""Sixteen threads submit jobs while workers carry them out: each is carried out once. `ENTREPOT_RECOVERY=long`: 500
jobs from each."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import func, select

from acceptance.work import BY_HAND
from entrepot import Entrepot, ExportOptions
from entrepot.bystanders import SystemClock
from entrepot.ledger.tables import JOBS
from entrepot.ledger.work_tables import EVENTS, ORDERS
from entrepot.model.orders import DEFAULT_QUEUE
from entrepot.state import Elsewhere, State, open_state
from recovery.deploys import wait_until
from recovery.grounds import LONG
from servers.postgres import PostgresServer

pytestmark = [pytest.mark.slow, pytest.mark.postgres]
THREADS, EACH = 16, 500 if LONG else 5
GROUNDS = [("folder", 1), ("server", 1), ("server", 3)]
"""Where the records are, and how many workers there are: a folder has one."""

AT_ONCE = 4
"""Of one worker."""


@dataclass(frozen=True, kw_only=True)
class Yard:
    home: Path
    ledger: str | None

    @property
    def environment(self) -> dict[str, str]:
        state = str(self.home / "state")
        where = {"ENTREPOT_STATE": self.ledger or state, "ENTREPOT_STATE_FOLDER": state}
        return {**os.environ, **where, "ENTREPOT_DB": f"sqlite:///{self.home / 'app.db'}"}

    def worker(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "entrepot", "worker", "--concurrency", f"{AT_ONCE}"]
        with (self.home / "log").open("ab") as log:
            return subprocess.Popen(command, cwd=self.home, env=self.environment, stderr=log)

    def submit(self, number: int) -> list[str]:
        shop = Entrepot(config=self.home / "entrepot.toml", environment=self.environment)
        csv, out = ExportOptions(format="csv"), self.home / "out"
        return [
            shop.submit_export("users", to=out / f"{number}-{at}.csv", options=csv, manner=BY_HAND).id
            for at in range(EACH)
        ]


@pytest.fixture(params=GROUNDS if LONG else GROUNDS[::2], ids=lambda ground: f"{ground[0]}-{ground[1]}")
def yard(request: pytest.FixtureRequest, tmp_path: Path, postgres_server: PostgresServer) -> Iterator[Yard]:
    where, workers = request.param
    with closing(sqlite3.connect(tmp_path / "app.db")) as connection:
        connection.executescript("CREATE TABLE users (id INTEGER PRIMARY KEY); INSERT INTO users VALUES (1), (2)")
    (tmp_path / "entrepot.toml").write_text(f"[work]\nper_database = {AT_ONCE * workers}\n")
    (tmp_path / "out").mkdir()
    if where == "folder":
        yield Yard(home=tmp_path, ledger=None)
        return
    with postgres_server.database() as database:
        yield Yard(home=tmp_path, ledger=database.url)


def test_what_sixteen_threads_submit_is_done_once(
    yard: Yard, request: pytest.FixtureRequest, record_property: Callable[[str, object], None]
) -> None:
    _, workers = request.node.callspec.params["yard"]
    processes = [yard.worker() for _ in range(workers)]
    began = time.monotonic()
    try:
        with ThreadPoolExecutor(THREADS) as pool:
            jobs = [job for some in pool.map(yard.submit, range(THREADS)) for job in some]
        submitted = time.monotonic()
        with open_state(yard.home / "state", SystemClock(), elsewhere=Elsewhere(url=yard.ledger)) as state:
            wait_until(lambda: state.ledger.orders.open_in((DEFAULT_QUEUE,)) == 0, "they do not end", 10 + len(jobs))
            over = time.monotonic()
            assert found(state) == {(job, "completed", 1, 0, 1) for job in jobs}
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(60)
    assert len(set(jobs)) == THREADS * EACH
    texts = [path.read_text() for path in (yard.home / "out").glob("*.csv")]
    assert texts == ["id\n1\n2\n"] * len(jobs)
    each, most = (over - began) / len(jobs), (submitted - began) / len(jobs)
    record_property("figures", f"{len(jobs)} jobs, {each * 1000:.1f} ms each; submitting alone {most * 1000:.1f} ms")


def found(state: State) -> set[tuple[object, ...]]:
    """Each job with its status, its attempts and deaths, and how often it ended."""
    ends = select(func.count()).where(EVENTS.c.job == JOBS.c.id, EVENTS.c.kind == "ended").scalar_subquery()
    query = select(JOBS.c.id, JOBS.c.status, ORDERS.c.attempts, ORDERS.c.deaths, ends)
    with state.ledger.records.reading() as connection:
        return {tuple(row) for row in connection.execute(query.join(ORDERS, ORDERS.c.job == JOBS.c.id))}
