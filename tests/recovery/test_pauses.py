"""Workers that are paused for longer than their lease: others go on with their jobs, and when they wake up, they write
nothing any more. `ENTREPOT_RECOVERY=long` (`make recovery`) pauses them at any step."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import pytest

from acceptance.work import BY_HAND, service
from contract.databases import mariadb_case, postgres_case, sqlite_case
from contract.databases.case import Place
from entrepot import ImportRequest
from entrepot.model.drafts import Mode
from recovery import pauses, pausing_worker
from recovery.crashes import AFTER, BEFORE, table
from recovery.pauses import KINDS, OVER
from seeds import seeds
from servers.postgres import PostgresServer

pytestmark = [pytest.mark.slow, pytest.mark.postgres, pytest.mark.mariadb]
LONG = os.environ.get("ENTREPOT_RECOVERY") == "long"
LEASE = 1
SETTINGS = f"[work]\nlease = {LEASE}\nper_database = 20\n"
LOST = "another worker has it now"


@dataclass(frozen=True)
class Ground:
    name: str
    place: Place
    home: Path
    records: dict[str, str]

    def paused(self, number: int, steps: Sequence[int], *, ends: bool) -> dict[str, Any]:
        rows = ", ".join(f"({key}, '{text}')" for key, text in BEFORE)
        for name in (table(number, kind) for kind in KINDS):
            self.place.execute(
                f"CREATE TABLE {name} (id integer PRIMARY KEY, name varchar(40) NOT NULL)",
                f"INSERT INTO {name} VALUES {rows}",
            )
        asked = {"number": number, "steps": steps, "ends": ends}
        place = {**self.records, "ENTREPOT_DB": self.place.url}
        command = [sys.executable, pauses.__file__, json.dumps({**asked, "place": place})]
        done = subprocess.run(command, cwd=self.home, capture_output=True, check=False, timeout=300)
        assert done.returncode == 0, done.stderr.decode() + self.log
        return json.loads(done.stdout)

    @property
    def log(self) -> str:
        return (self.home / "log").read_text(encoding="utf-8") if (self.home / "log").exists() else ""

    def must_be_as_in_a_clean_run(self, number: int, found: dict[str, Any]) -> None:
        """After all of them woke up."""
        for kind in KINDS:
            job = found["jobs"][kind]
            assert (job["status"], job["events"]) == ("completed", True), f"{kind}: {job}"
            rows = [tuple(row) for row in self.place.rows(f"SELECT id, name FROM {table(number, kind)} ORDER BY id")]
            assert rows == (BEFORE if kind == "undo" else AFTER), f"round {number}: {kind}"
        assert found["done"] == found["files"]
        assert found["whole"]
        lines = (self.home / f"{table(number, OVER)}.csv").read_text(encoding="utf-8").splitlines()
        assert sorted(lines[1:]) == sorted(f"{key},{name}" for key, name in AFTER)


@pytest.fixture(params=(sqlite_case.CASE, postgres_case.CASE, mariadb_case.CASE), ids=lambda case: case.name)
def ground(request: pytest.FixtureRequest, postgres_server: PostgresServer, tmp_path: Path) -> Iterator[Ground]:
    home = tmp_path / "home"
    home.mkdir()
    (home / "entrepot.toml").write_text(SETTINGS, encoding="utf-8")
    with ExitStack() as stack:
        ledger = stack.enter_context(postgres_server.database())
        records = {"ENTREPOT_STATE": ledger.url, "ENTREPOT_STATE_FOLDER": str(home / "state")}
        yield Ground(request.param.name, stack.enter_context(request.param.place(request, tmp_path)), home, records)


def said(words: str) -> None:
    sys.stdout.write(f"{words}, with a lease of {LEASE} s\n")


def test_others_end_the_jobs_of_paused_workers_and_these_write_nothing_when_they_wake_up(ground: Ground) -> None:
    """FAULTS 5. Each stops at the end of a job: before a file gets its name, before a commit, and after one."""
    found = ground.paused(0, (1, 1, 2), ends=True)
    said(f"{ground.name}: all was done {found['seconds']:.1f} s after the last one paused")
    ground.must_be_as_in_a_clean_run(0, found)
    assert len(found["codes"]) == 3
    if ground.name == "sqlite":  # the file is held by the process: it is ended, if its job needs the file
        assert set(found["codes"]) <= {0, -signal.SIGKILL}
    else:
        assert found["codes"] == [0, 0, 0]
        assert ground.log.count(LOST) == 3


@pytest.mark.skipif(not LONG, reason="the long form")
def test_whenever_workers_are_paused_every_job_ends_as_in_a_clean_run(ground: Ground) -> None:
    """Two of them: a job that three workers did not survive is given up."""
    for seed in seeds(30):
        chance = Random(seed)
        steps = [chance.randint(1, 40) for _ in range(2)]
        said(f"seed {seed}: {steps}")
        ground.must_be_as_in_a_clean_run(seed, ground.paused(seed, steps, ends=False))


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    with closing(sqlite3.connect(tmp_path / "app.db")) as connection:
        connection.execute("CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT)")
        connection.executemany("INSERT INTO users VALUES (?, ?)", [(n, f"name {n}") for n in range(1, 51)])
        connection.commit()
    (tmp_path / "people.csv").write_text("id,name\n1,Ada\n900,new\n", encoding="utf-8")
    (tmp_path / "entrepot.toml").write_text(SETTINGS, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("where", ["commit", "records"])
def test_a_paused_worker_of_a_folder_is_ended_by_whoever_waits_for_its_job(where: str, shop: Path) -> None:
    """It holds its place, and the database or our own records."""
    environment = {**os.environ, "ENTREPOT_DB": f"sqlite:///{shop}/app.db", "ENTREPOT_STATE": str(shop / "state")}
    request = ImportRequest(entity="users", mode=Mode.UPSERT)
    job = service(shop).submit_import(shop / "people.csv", request, manner=BY_HAND).id
    with subprocess.Popen(
        [sys.executable, pausing_worker.__file__, where], cwd=shop, env=environment, stderr=subprocess.PIPE
    ) as paused:
        assert os.WIFSTOPPED(os.waitpid(paused.pid, os.WUNTRACED)[1])
        began = time.monotonic()
        command = [sys.executable, "-m", "entrepot", "jobs", "watch", job]
        watched = subprocess.run(command, cwd=shop, env=environment, capture_output=True, check=False, timeout=120)
        said(f"in a folder: the job was done {time.monotonic() - began:.1f} s after its worker paused")
        assert watched.returncode == 0, watched.stderr.decode()
        assert paused.wait(5) == -signal.SIGKILL
    with closing(sqlite3.connect(shop / "app.db")) as connection:
        rows = dict(connection.execute("SELECT id, name FROM users"))
    assert (rows[1], rows[900], len(rows)) == ("Ada", "new", 51)
    view = service(shop).job(job)
    assert view.order is not None
    assert (view.order.attempts, view.order.deaths) == (2 if where == "commit" else 1, 1)
