"""Queues: who listens to which, and what is told where nobody would."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from acceptance.work import BY_HAND
from entrepot import Entrepot, ExportOptions
from entrepot.cli import main
from entrepot.model.records import Status
from entrepot.use_cases.submissions import Manner

CSV = ExportOptions(format="csv")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    with closing(sqlite3.connect(tmp_path / "app.db")) as connection:
        connection.executescript("CREATE TABLE users (id INTEGER PRIMARY KEY); INSERT INTO users VALUES (1), (2);")
    (tmp_path / "entrepot.toml").write_text('[databases.main]\nurl = "sqlite:///app.db"\n[work]\nqueues = ["night"]\n')
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ENTREPOT_STATE", str(tmp_path / "state"))
    return tmp_path


def worked(*words: str, code: int = 0) -> str:
    command = [sys.executable, "-m", "entrepot", "worker", "--once", *words]
    done = subprocess.run(command, env=os.environ, capture_output=True, check=False, text=True, timeout=120)
    assert done.returncode == code, done.stderr
    return done.stderr


def undeclare(home: Path) -> None:
    settings = home / "entrepot.toml"
    settings.write_text(settings.read_text().replace('"night"', ""))


@pytest.mark.postgres
def test_a_worker_takes_only_what_is_in_the_queues_that_it_listens_to(
    home: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.setenv("ENTREPOT_STATE", request.getfixturevalue("postgres_database").url)
    monkeypatch.setenv("ENTREPOT_STATE_FOLDER", str(home / "state"))
    shop = Entrepot("main")
    by_day = shop.submit_export("users", options=CSV, manner=BY_HAND).id
    by_night = shop.submit_export("users", options=CSV, manner=Manner(queue="night", wake=False)).id
    statuses = []
    for words in (("--queues", "night"), ()):
        worked(*words)
        statuses.append((shop.job(by_day).job.status, shop.job(by_night).job.status))
    assert statuses == [(Status.PENDING, Status.COMPLETED), (Status.COMPLETED, Status.COMPLETED)]


def test_the_one_worker_of_a_folder_listens_to_all_queues(home: Path) -> None:
    shop = Entrepot("main")
    jobs = [shop.submit_export("users", options=CSV, manner=Manner(queue=name, wake=False)) for name in (None, "night")]
    assert "[queue_without_worker]" in worked("--queues", "night", code=2)
    worked("--queues", "night, default")
    assert [shop.job(job.id).job.status for job in jobs] == [Status.COMPLETED] * 2


def test_jobs_of_a_queue_that_is_declared_no_longer_are_done_by_the_one_worker_of_a_folder(home: Path) -> None:
    job = Entrepot("main").submit_export("users", options=CSV, manner=Manner(queue="night", wake=False)).id
    undeclare(home)
    worked()
    assert Entrepot("main").job(job).job.status is Status.COMPLETED


@pytest.mark.postgres
def test_jobs_of_a_queue_that_is_declared_no_longer_are_told_where_they_wait(
    home: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.setenv("ENTREPOT_STATE", request.getfixturevalue("postgres_database").url)
    monkeypatch.setenv("ENTREPOT_STATE_FOLDER", str(home / "state"))
    job = Entrepot("main").submit_export("users", options=CSV, manner=Manner(queue="night", wake=False)).id
    undeclare(home)
    assert "[work] queues does not declare" in worked()
    waits = Entrepot("main").job(job).waiting
    assert waits is not None
    assert "add it to [work] queues" in waits.words


def test_what_is_asked_for_again_stays_in_its_queue(home: Path) -> None:
    shop = Entrepot("main")
    job = shop.submit_export("users", options=CSV, manner=Manner(queue="night", wake=False))
    shop.cancel_job(job.id)
    order = shop.job(shop.retry_job(job.id).id).order
    assert order is not None
    assert order.queue == "night"


def test_a_queue_that_nobody_declared_is_refused(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for command in (
        ["export", "users", "-f", "csv", "--detach", "--queue", "nigth", "--db", "main"],
        ["worker", "--once", "--queues", "nigth"],
    ):
        assert main([*command, "--json"]) == 2
        error = json.loads(capsys.readouterr().out)["error"]
        assert (error["code"], "'night'" in error["remedy"]) == ("unknown_queue", True)
    assert main(["export", "users", "-f", "csv", "--queue", "night", "--db", "main"]) == 2
    assert "--detach" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["", "Night", "a b", "x" * 41])
def test_names_that_are_none_are_refused(home: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "entrepot.toml").write_text(f'[work]\nqueues = ["{name}"]\n')
    assert main(["jobs", "list", "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "wrong_queue_name"
