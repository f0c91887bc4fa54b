"""Imports whose files are kept in a bucket, and whose records on a server: any machine carries on with them."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from entrepot import Entrepot, ExportOptions
from entrepot.config.own_records import own_place
from entrepot.model.drafts import Errors, Mode
from entrepot.model.errors import UnavailableError
from entrepot.model.plans import ImportRequest
from entrepot.use_cases.submissions import Manner
from servers.objects import BUCKET, Objects, Request
from servers.postgres import PostgresDatabase

UPSERT = ImportRequest(entity="people", mode=Mode.UPSERT, errors=Errors.SKIP)
BEFORE, AFTER = [(1, "Ann"), (2, "Bob")], [(1, "Anna"), (2, "Bob"), (3, "Cy")]


@pytest.fixture
def home(tmp_path: Path, forked_workbench: None) -> Path:
    with closing(sqlite3.connect(tmp_path / "app.db")) as connection:
        connection.execute("CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT NOT NULL)")
        connection.executemany("INSERT INTO people VALUES (?, ?)", BEFORE)
        connection.commit()
    (tmp_path / "people.csv").write_text("id,name\n1,Anna\n3,Cy\nx,Dan\n", encoding="utf-8")
    return tmp_path


def rows(home: Path) -> list[tuple[int, str]]:
    with closing(sqlite3.connect(home / "app.db")) as connection:
        return connection.execute("SELECT id, name FROM people ORDER BY id").fetchall()


def machine(home: Path, name: str, objects: Objects, ledger: str | None = None) -> Entrepot:
    """Each has a folder of its own."""
    environment = {**objects.environment, "ENTREPOT_STATE_FOLDER": str(home / name)}
    environment |= {"ENTREPOT_STATE": ledger} if ledger else {}
    (home / "entrepot.toml").write_text(f'[state]\nartifacts = "s3://{BUCKET}/shop"\n', encoding="utf-8")
    return Entrepot(f"sqlite:///{home / 'app.db'}", config=home / "entrepot.toml", environment=environment)


@pytest.mark.postgres
def test_what_one_machine_previewed_another_carries_out_and_a_third_takes_back(
    home: Path, objects: Objects, postgres_database: PostgresDatabase
) -> None:
    one, two, three = (machine(home, name, objects, postgres_database.url) for name in ("one", "two", "three"))
    plan = one.preview(home / "people.csv", UPSERT)
    receipt = two.apply(plan.plan_id)
    assert rows(home) == AFTER
    assert three.errors_file(receipt.job, to=home / "failed.csv").read_text(encoding="utf-8").count("Dan") == 1
    three.undo(receipt.job)
    assert rows(home) == BEFORE
    state = {finding.what: finding for finding in one.doctor()}["state"]
    assert state.ok, state
    assert f"files in s3://{BUCKET}/shop" in state.words
    assert {path.name for path in (home / "one").iterdir()} <= {".gitignore", "copies"}
    assert objects.kept


@pytest.mark.postgres
@pytest.mark.slow
def test_workers_of_several_machines_share_the_jobs_and_each_is_done_once(
    home: Path, objects: Objects, postgres_database: PostgresDatabase
) -> None:
    asking = machine(home, "asking", objects, postgres_database.url)
    csv = ExportOptions(format="csv")
    jobs = [asking.submit_export("people", options=csv, manner=Manner(wake=False)).id for _ in range(4)]
    workers = [worker(machine(home, name, objects, postgres_database.url)) for name in ("one", "two")]
    for process in workers:
        _, said = process.communicate(timeout=120)
        assert process.returncode == 0, said.decode()
    for job in jobs:
        asking.download(job, to=home / f"{job}.csv")
        assert (home / f"{job}.csv").read_text(encoding="utf-8").splitlines()[1:] == ["1,Ann", "2,Bob"]
        assert str(asking.job(job).job.status) == "completed"
        assert [event.kind for event in asking.job_events(job)].count("ended") == 1


def worker(of: Entrepot) -> subprocess.Popen[bytes]:
    """A process that is told where everything is, wherever it stands."""
    adapters = of._adapters
    environment = {**os.environ, **adapters.environment, **own_place(adapters.loaded, adapters.environment)}
    command = [sys.executable, "-m", "entrepot", "worker", "--once"]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def test_what_could_not_be_taken_back_is_not_written(home: Path, objects: Objects) -> None:
    shop = machine(home, "one", objects)
    plan = shop.preview(home / "people.csv", UPSERT)

    def ill(request: Request) -> bool:
        request.refuse(503, "SlowDown")
        return True

    objects.fail("^PUT ", ill, times=100)
    with pytest.raises(UnavailableError) as caught:
        shop.apply(plan.plan_id)
    assert caught.value.code == "bucket_unreachable"
    assert rows(home) == BEFORE
    objects.faults.clear()
    job = shop.apply(plan.plan_id).job
    assert rows(home) == AFTER
    objects.fail("^GET ", ill, times=100)
    for copy in (home / "one" / "copies").iterdir():
        copy.unlink()
    with pytest.raises(UnavailableError):
        shop.undo(job)
    assert rows(home) == AFTER
    objects.faults.clear()
    shop.undo(job)
    assert rows(home) == BEFORE
