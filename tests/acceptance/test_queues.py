"""Queues: who listens to which, and what is told where nobody would."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from acceptance.work import BY_HAND
from entrepot import BundleRequest, Entrepot, ExportOptions, ImportRequest, work
from entrepot.cli import main
from entrepot.config.load import load_settings
from entrepot.config.queues import queue_for
from entrepot.model.errors import InputError
from entrepot.model.orders import KINDS
from entrepot.model.records import JobRecord, Status
from entrepot.use_cases.submissions import Manner
from entrepot.use_cases.timetable import Plan

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


RULES = """
[[work.rules]]
kind = "import"
tenant = "1"
queue = "night"
[[work.rules]]
kind = "cleanup"
queue = "night"
"""


def add_settings(home: Path, text: str) -> None:
    settings = home / "entrepot.toml"
    settings.write_text(settings.read_text() + text)


def queue_of(job: JobRecord) -> str:
    order = Entrepot("main").job(job.id).order
    assert order is not None
    return order.queue


def test_rules_of_the_settings_say_the_queue_of_what_nobody_names_one_for(home: Path) -> None:
    add_settings(home, RULES)
    shop, named = Entrepot("main"), Manner(queue="default", wake=False)
    assert queue_of(shop.submit_export("users", options=CSV, manner=BY_HAND)) == "default"
    assert queue_of(shop.submit_cleanup(manner=BY_HAND)) == "night"
    assert queue_of(shop.submit_cleanup(manner=named)) == "default"


@pytest.fixture
def of_tenants(home: Path) -> Path:
    """Each user is a tenant, who has notes."""
    add_settings(
        home, f'{RULES}[[work.rules]]\nkind = "undo"\ntenant = "1"\nqueue = "night"\n[tenancy]\nroot = "users"\n'
    )
    with closing(sqlite3.connect(home / "app.db")) as connection:
        connection.execute("CREATE TABLE notes (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users)")
    (home / "notes.csv").write_text("id,user_id\n1,1\n")
    return home


@pytest.mark.parametrize("several", [False, True], ids=["one table", "several"])
def test_a_rule_for_a_tenant_holds_for_plans_of_it(of_tenants: Path, several: bool) -> None:
    shop, asked = Entrepot("main"), ImportRequest(entity="notes", tenant="1")
    bundle = BundleRequest(each=replace(asked, entity=""))
    plan = shop.preview(["notes.csv"], bundle) if several else shop.preview("notes.csv", asked)
    assert queue_of(shop.submit_apply(plan.plan_id, manner=BY_HAND)) == "night"


def test_a_rule_for_a_tenant_holds_for_undoing_what_was_brought_in_for_it(of_tenants: Path) -> None:
    shop, asked = Entrepot("main"), ImportRequest(entity="notes", tenant="1")
    at_once = shop.bring_in("notes.csv", asked).job
    undone = shop.submit_undo(at_once, manner=BY_HAND)
    assert queue_of(undone) == "night"
    worked()
    assert queue_of(shop.submit_undo(undone.id, manner=BY_HAND)) == "night"
    assert queue_of(shop.submit_undo(shop.undo(undone.id).job, manner=BY_HAND)) == "night"
    (of_tenants / "more.csv").write_text("id,user_id\n2,2\n")
    of_nobody = shop.bring_in("more.csv", ImportRequest(entity="notes")).job
    assert queue_of(shop.submit_undo(of_nobody, manner=BY_HAND)) == "default"


def test_a_rule_fits_what_it_says_and_whatever_it_does_not_speak_of(home: Path) -> None:
    add_settings(home, RULES)
    loaded = load_settings(dict(os.environ), home)
    asked = (("import", "1"), ("import", "2"), ("import", None), ("cleanup", None), ("export", "1"))
    found = [queue_for(kind, tenant, None, loaded) for kind, tenant in asked]
    assert found == ["night", "default", "default", "night", "default"]


@pytest.mark.parametrize(
    ("rule", "code", "guess"),
    [('queue = "nigth"', "unknown_queue", "night"), ('kind = "imprt"\nqueue = "night"', "unknown_kind", "import")],
)
def test_a_rule_that_can_never_hold_is_refused(
    home: Path, capsys: pytest.CaptureFixture[str], rule: str, code: str, guess: str
) -> None:
    add_settings(home, f"[[work.rules]]\n{rule}\n")
    assert main(["jobs", "list", "--json"]) == 2
    error = json.loads(capsys.readouterr().out)["error"]
    assert (error["code"], "work.rules" in error["message"], f"'{guess}'" in error["remedy"]) == (code, True, True)


def test_what_a_schedule_submits_goes_to_its_queue(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    add_settings(home, f'{RULES}[[schedules]]\nname = "own"\ncron = "daily"\nformat = "csv"\nqueue = "night"\n')
    shop = Entrepot("main")
    shop.add_cleanup_schedule("tidy", plan=Plan(cron="daily"))
    shop.add_schedule("kept", "users", plan=Plan(cron="daily", queue="night"), options=CSV)
    shop.add_schedule("usual", "users", plan=Plan(cron="daily"), options=CSV)
    found = {name: queue_of(shop.run_schedule(name, wake=False)) for name in ("own", "tidy", "kept", "usual")}
    assert found == {"own": "night", "tidy": "night", "kept": "night", "usual": "default"}
    adding = ["schedule", "add", "x", "users", "-f", "csv", "--cron", "daily", "--db", "main"]
    assert main([*adding, "--queue", "nigth", "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "unknown_queue"


def test_what_is_asked_for_again_is_refused_where_its_queue_is_gone(home: Path) -> None:
    shop = Entrepot("main")
    job = shop.submit_export("users", options=CSV, manner=Manner(queue="night", wake=False))
    shop.cancel_job(job.id)
    undeclare(home)
    with pytest.raises(InputError) as caught:
        Entrepot("main").retry_job(job.id)
    assert caught.value.code == "unknown_queue"


def test_the_kinds_that_rules_know_are_those_of_the_workers() -> None:
    assert set(KINDS) == set(work.KINDS)
