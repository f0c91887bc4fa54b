"""A new version comes while jobs run: it brings the ledger to its own shape, the workers of the version before it see
that, give back what they have, and go. No job is stranded, and none is done twice."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from entrepot import Entrepot
from recovery.deploys import Installed, last_version, wait_until
from servers.postgres import PostgresDatabase

pytestmark = [pytest.mark.slow, pytest.mark.postgres]
ROWS = 20


@pytest.fixture
def app(postgres_database: PostgresDatabase) -> PostgresDatabase:
    """The records of jobs are in it, too."""
    tables = [f"CREATE TABLE {name} (id int PRIMARY KEY, name text NOT NULL)" for name in ("one", "two", "three")]
    postgres_database.execute(*tables, f"INSERT INTO one SELECT n, 'name ' || n FROM generate_series(1, {ROWS}) AS n")
    return postgres_database


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "people.csv").write_text("id,name\n" + "".join(f"{n},new {n}\n" for n in range(1, ROWS + 1)))
    return tmp_path


def everything_happened_once(app: PostgresDatabase, home: Path) -> None:
    query = "SELECT status, error, deaths FROM entrepot.jobs AS j JOIN entrepot.orders AS o ON o.job = j.id"
    assert set(app.rows(query)) == {("completed", None, 0)}
    assert len((home / "one.csv").read_text().splitlines()) == 1 + ROWS
    for table in ("two", "three"):
        assert app.value(f"SELECT count(*) FROM {table}") == ROWS
    assert app.value("SELECT count(*) FROM entrepot.events WHERE kind = 'ended'") == 3


@pytest.fixture
def installed(app: PostgresDatabase, home: Path) -> Installed:
    known = {"ENTREPOT_DB": app.url, "ENTREPOT_STATE": app.url, "ENTREPOT_STATE_FOLDER": str(home / "state")}
    return Installed(home=home, environment=known)


def at_work(installed: Installed) -> list[subprocess.Popen[bytes]]:
    """Two workers, in the middle of three jobs."""
    installed.submitted()
    installed.hold()
    workers = [installed.begin("worker", log=f"old-{number}") for number in range(2)]
    installed.wait_until_held()
    return workers


def test_workers_of_an_older_version_give_their_jobs_back_and_go(installed: Installed, app: PostgresDatabase) -> None:
    old = at_work(installed)
    installed.upgrade()
    new = installed.begin("worker", "--once", log="new")
    logs = [installed.home / f"old-{number}" for number in range(2)]
    wait_until(lambda: all("(step " in log.read_text() for log in logs), "they do not notice")
    installed.let_go()
    assert [worker.wait(60) for worker in (*old, new)] == [2, 2, 0], (installed.home / "new").read_text()
    assert all("[newer_ledger]" in log.read_text() for log in logs)
    everything_happened_once(app, installed.home)


def test_workers_of_the_last_version_that_are_asked_to_go_leave_nothing_undone(
    installed: Installed, app: PostgresDatabase
) -> None:
    """They write into a ledger of this version until they go: they are asked, or see whose it is, whatever is first."""
    last = replace(installed, source=last_version(installed.home / "last"))
    old = at_work(last)
    (installed.added / "sitecustomize.py").unlink()
    installed.has_come()
    new = installed.begin("worker", "--once", log="new")
    for worker in old:
        worker.send_signal(signal.SIGTERM)
    installed.let_go()
    assert {worker.wait(60) for worker in old} <= {0, 2}, (installed.home / "old-0").read_text()
    assert new.wait(60) == 0
    everything_happened_once(app, installed.home)


def test_a_worker_that_was_started_by_itself_is_followed_by_one_of_the_new_version(
    installed: Installed, app: PostgresDatabase
) -> None:
    """Whoever comes with the new version finds a worker, and starts none. There are two places: the third job waits."""
    home = installed.home
    embedded = replace(installed, environment={"ENTREPOT_DB": app.url, "ENTREPOT_STATE": str(home / "state")})
    _, job, waits = embedded.submitted()
    embedded.hold()
    next(Entrepot(environment=embedded.all).follow(job))
    wait_until(lambda: owner(home, job) > "", "no worker begins")
    old = owner(home, job)
    embedded.upgrade()
    embedded.has_come()
    embedded.let_go()
    wait_until(lambda: told(home, "SELECT DISTINCT status FROM jobs") == [("completed",)], "nobody follows")
    assert owner(home, waits) not in ("", old)
    os.kill(int(owner(home, waits).split("-")[1]), signal.SIGTERM)
    assert "[newer_ledger]" in (home / "state" / "worker.log").read_text()
    assert told(home, "SELECT DISTINCT deaths FROM orders") == [(0,)]
    assert app.value("SELECT count(*) FROM two") == ROWS


def owner(home: Path, job: str) -> str:
    return str(told(home, f"SELECT owner FROM jobs WHERE id = '{job}'")[0][0])


def told(home: Path, query: str) -> list[tuple[object, ...]]:
    """What stands in the ledger, whatever its version."""
    with closing(sqlite3.connect(home / "state" / "ledger.db")) as connection:
        return connection.execute(query).fetchall()
