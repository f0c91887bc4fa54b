"""Exports and imports as programs of the system `chenu` ask for them."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Coroutine, Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import TypeVar
from zipfile import ZipFile

import pytest

from acceptance.work import at_work, environment_of, service, workers
from entrepot import Entrepot
from entrepot.access.permissions import Principal, Role
from entrepot.bystanders import SystemClock
from entrepot.cli.reading_options import FORMATS
from entrepot.exporting.plan import ExportOptions as Written
from entrepot.formats.registry import registry
from entrepot.jobs.worker.telling import Telling
from entrepot.model.errors import EntrepotError, InputError
from entrepot.state import open_state
from entrepot.systems import chenu
from entrepot.systems.chenu import (
    ExportFormat,
    ExportImportService,
    ExportOptions,
    ImportFormat,
    ImportOptions,
    Progress,
)
from entrepot.systems.chenu.jobs import progress_of
from servers.postgres import PostgresDatabase

SCHEMA = """
CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL, mail TEXT, created_at TIMESTAMP);
CREATE TABLE threads (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users, title TEXT NOT NULL);
INSERT INTO users VALUES (1, 'Ann', ' ANN@X.ORG', '2026-01-31 23:00:00'), (2, 'Ben', 'b@x.org', '2026-02-01 00:00:00');
INSERT INTO threads VALUES (1, 1, 'Hello'), (2, 2, 'Hi');
"""
Answer = TypeVar("Answer")


@pytest.fixture
def unwoken(monkeypatch: pytest.MonkeyPatch) -> None:
    """No worker is started but by the test."""

    def wake(*_: object) -> bool:
        return True

    monkeypatch.setattr("entrepot.use_cases.inquiries.wake", wake)


@pytest.fixture
def home(tmp_path: Path, unwoken: None) -> Iterator[Path]:
    with closing(sqlite3.connect(tmp_path / "app.db")) as connection:
        connection.executescript(SCHEMA)
    with at_work(tmp_path):
        yield tmp_path


@pytest.fixture
def chenu_service(home: Path) -> ExportImportService:
    return ExportImportService(service(home))


def run(program: Coroutine[object, object, Answer]) -> Answer:
    return asyncio.run(program)  # type: ignore[arg-type]


def exported(made: ExportImportService, options: ExportOptions) -> tuple[bytes, str]:
    job = made.create_export("anna", options)
    assert run(made.run_export(job.id)).status == "completed"
    return made.download_export(job.id)


def rows(home: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(home / "app.db")) as connection:
        return connection.execute(sql).fetchall()


def given(home: Path, name: str, text: str) -> Path:
    (home / name).write_text(text)
    return home / name


def code(made: ExportImportService, options: ExportOptions) -> str:
    with pytest.raises(EntrepotError) as caught:
        made.create_export("anna", options)
    return caught.value.code


def test_an_export_waits_is_run_and_is_downloaded(chenu_service: ExportImportService) -> None:
    kinds = chenu_service.EntityType
    job = chenu_service.create_export("anna", ExportOptions(ExportFormat.JSON, [kinds.ALL]))
    assert (job.status, job.progress, job.user, job.filename) == ("pending", 0.0, "anna", None)
    done = run(chenu_service.run_export(job.id))
    assert (done.status, done.progress, done.filename) == ("completed", 100.0, "app.json")
    data, filename = chenu_service.download_export(job.id)
    told = json.loads(data)
    assert (filename, len(data), sorted(told["entities"])) == ("app.json", done.size, ["threads", "users"])
    assert told["metadata"]["exported_by"] == "anna"
    assert run(chenu_service.run_export(job.id)) == done


def test_what_was_cancelled_before_it_was_run_stays_so(chenu_service: ExportImportService) -> None:
    job = chenu_service.create_export("anna", ExportOptions("json"))
    assert chenu_service.cancel_export(job.id).status == "cancelled"
    assert run(chenu_service.run_export(job.id)).status == "cancelled"
    with pytest.raises(InputError) as caught:
        chenu_service.download_export(job.id)
    assert caught.value.code == "nothing_to_download"


def test_files_of_several_entities_are_one_download(home: Path, chenu_service: ExportImportService) -> None:
    data, filename = exported(chenu_service, ExportOptions("csv", compress=True))
    assert filename == "app.zip"
    given(home, filename, "")
    (home / filename).write_bytes(data)
    with ZipFile(home / filename) as archive:
        assert {"data/users.csv", "data/threads.csv"} < set(archive.namelist())
    one, filename = exported(chenu_service, ExportOptions("csv", ["threads"], compress=True))
    assert (filename, one[:2]) == ("threads.csv.gz", b"\x1f\x8b")


def test_options_of_exports_come_to_what_they_say(chenu_service: ExportImportService) -> None:
    options = ExportOptions(
        "json",
        date_to=date(2026, 1, 31),
        filters={"threads": {"user_id": 1}},
        mapping={"title": "subject", "users": {"name": "called"}},
        transforms={"mail": ["trim", "lowercase"]},
        include_metadata=False,
    )
    told = json.loads(exported(chenu_service, options)[0])
    assert list(told["entities"]["threads"][0]) == ["id", "user_id", "subject"]
    assert [(each["called"], each["mail"]) for each in told["entities"]["users"]] == [("Ann", "ann@x.org")]
    assert "metadata" not in told
    filtered = json.loads(exported(chenu_service, ExportOptions("json", ["users"], filters={"name": "Ben"}))[0])
    assert [each["id"] for each in filtered["entities"]["users"]] == [2]


def test_what_is_wrong_with_the_options_is_told_when_it_is_created(chenu_service: ExportImportService) -> None:
    assert code(chenu_service, ExportOptions("json", encrypt=True)) == "no_recipient"
    assert code(chenu_service, ExportOptions("json", ["user"])) == "unknown_entity"
    assert code(chenu_service, ExportOptions("json", [])) == "no_entities"
    assert code(chenu_service, ExportOptions("json", [1])) == "no_entities"  # type: ignore[list-item]
    assert code(chenu_service, ExportOptions("docx")) == "unknown_format"
    assert code(chenu_service, ExportOptions("json", mapping={"nam": "called"})) == "unknown_field"
    assert code(chenu_service, ExportOptions("json", include_attachments=True)) == "no_place_for_files"
    assert code(chenu_service, ExportOptions("json", page_size=0)) == "wrong_page_size"
    with pytest.raises(InputError) as caught:
        chenu_service.create_import("anna", "users.csv", ImportOptions(batch_size=0))
    assert caught.value.code == "wrong_batch_size"


def test_an_import_is_validated_and_does_what_that_said(home: Path, chenu_service: ExportImportService) -> None:
    path = given(home, "users.csv", "id,name\n1,Anna\n3,Cleo\n4,\n")
    job = chenu_service.create_import("anna", path)
    path.unlink()
    assert job.status == "pending"
    found = run(chenu_service.validate_import(job.id))
    (error,) = found.errors
    assert (found.is_valid, found.counts["created"], found.counts["skipped"]) == (False, 1, 1)
    assert (error.code, error.place.file, error.place.line, error.place.column) == ("required", "users.csv", 4, "name")
    waiting = chenu_service.get_import(job.id)
    assert (waiting.status, waiting.counts) == ("pending", found.counts)
    done = run(chenu_service.run_import(job.id))
    assert (done.status, done.counts) == ("partial", found.counts)
    assert rows(home, "SELECT name FROM users ORDER BY id") == [("Ann",), ("Ben",), ("Cleo",)]


def test_what_was_validated_and_did_not_happen_counts_nothing(home: Path, chenu_service: ExportImportService) -> None:
    job = chenu_service.create_import("anna", given(home, "users.csv", "id,name\n3,Cleo\n"))
    assert run(chenu_service.validate_import(job.id)).counts["created"] == 1
    ended = chenu_service.cancel_import(job.id)
    assert (ended.status, ended.counts) == ("failed", {})


def test_options_of_imports_come_to_what_they_say(home: Path, chenu_service: ExportImportService) -> None:
    options = ImportOptions(
        ImportFormat.CSV,
        overwrite=True,
        skip_errors=False,
        mapping={"nr": "id", "who": "name"},
        transforms={"name": ["trim", "uppercase"], "mail": "lowercase"},
        entity="users",
    )
    job = chenu_service.create_import("anna", given(home, "people.txt", "nr,who,mail\n1, Anna,A@X\n"), options)
    assert run(chenu_service.run_import(job.id)).counts["updated"] == 1
    assert rows(home, "SELECT name, mail FROM users WHERE id = 1") == [("ANNA", "a@x")]
    bad = chenu_service.create_import("anna", given(home, "people.txt", "nr,who\n7,Gus\nx,Hal\n"), options)
    failed = run(chenu_service.run_import(bad.id))
    assert (failed.status, rows(home, "SELECT count(*) FROM users")) == ("failed", [(2,)])
    assert failed.error is not None


def test_what_is_only_to_be_validated_writes_nothing(home: Path, chenu_service: ExportImportService) -> None:
    path = given(home, "users.csv", "id,name\n3,Cleo\n")
    job = chenu_service.create_import("anna", path, ImportOptions(validate_only=True))
    done = run(chenu_service.run_import(job.id))
    assert (done.status, done.counts["created"]) == ("pending", 1)
    assert run(chenu_service.validate_import(job.id)).is_valid
    assert rows(home, "SELECT count(*) FROM users") == [(2,)]


def test_a_file_that_cannot_be_read_is_not_valid(home: Path, chenu_service: ExportImportService) -> None:
    job = chenu_service.create_import("anna", given(home, "users.csv", ""))
    found = run(chenu_service.validate_import(job.id))
    assert (found.is_valid, [error.code for error in found.errors]) == (False, ["empty_file"])
    assert chenu_service.get_import(job.id).status == "failed"
    assert chenu_service.cancel_import(job.id).status == "failed"  # it knows nothing of cancelled imports


def test_declared_counts_that_do_not_hold_are_an_error(home: Path, chenu_service: ExportImportService) -> None:
    data, _ = exported(chenu_service, ExportOptions("json"))
    told = data.decode().replace('{"id":2,"name":"Ben"', '{"id":2,"name":"Ben').splitlines()
    short = "\n".join(line for line in told if '"Ben' not in line).replace("},\n]", "}\n]")
    job = chenu_service.create_import("anna", given(home, "all.json", short))
    found = run(chenu_service.validate_import(job.id))
    assert not found.is_valid
    assert [error.message for error in found.errors] == ["users: the file declares 2 records and holds 1."]


def test_progress_rises_over_all_entities_to_the_end(home: Path, chenu_service: ExportImportService) -> None:
    with closing(sqlite3.connect(home / "app.db")) as connection:
        connection.executemany("INSERT INTO users VALUES (?, 'n', NULL, NULL)", [(n,) for n in range(10, 3_000)])
        connection.executemany("INSERT INTO threads VALUES (?, 1, 't')", [(n,) for n in range(10, 3_000)])
        connection.commit()
    heard: list[Progress] = []
    job = chenu_service.create_export("anna", ExportOptions("json"))
    run(chenu_service.run_export(job.id, heard.append))
    (home / "all.json").write_bytes(chenu_service.download_export(job.id)[0])
    rising(heard)
    with closing(sqlite3.connect(home / "app.db")) as connection:
        connection.executescript("DELETE FROM threads; DELETE FROM users;")
    entering = chenu_service.create_import("anna", home / "all.json")
    for doing in (chenu_service.validate_import, chenu_service.run_import):
        heard.clear()
        run(doing(entering.id, heard.append))
        rising(heard)
    assert rows(home, "SELECT count(*) FROM threads") == [(2_992,)]


class Noting(Telling):
    """What is told of a job, at each time that something happens."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, float]] = []

    def advance(self, rows: int, size: int) -> None:
        super().advance(rows, size)
        told = self.progress() or {}
        self.seen.append((told["entity"], told["percent"]))


@pytest.mark.parametrize("format", ["csv", "json", "xlsx", "zip"])
def test_rows_of_each_entity_bring_a_job_further(format: str, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "app.db")) as connection:
        connection.executescript(f"{SCHEMA} ANALYZE")
    noting = Noting()
    shop = Entrepot(f"sqlite:///{tmp_path / 'app.db'}", environment=environment_of(tmp_path), reporter=noting)
    shop.export(to=f"{tmp_path}/out/", options=Written(format=format))
    percents = [percent for _, percent in noting.seen]
    assert percents == sorted(percents)
    ends = {entity: percent for entity, percent in noting.seen if entity}
    assert 0 < ends["users"] < ends["threads"] < 100


def rising(heard: list[Progress]) -> None:
    told = [each.percent for each in heard]
    assert told == sorted(told)
    assert told[-1] == 100


def test_what_an_older_version_told_without_per_cent_is_told(home: Path, chenu_service: ExportImportService) -> None:
    job = chenu_service.create_export("anna", ExportOptions("json")).id
    with open_state(home / "state", SystemClock()) as state:
        mine = state.ledger.jobs.take_over(state.ledger.jobs.get(job), "process-1-ab")
        state.ledger.events.tell(mine, (), {"phase": "", "entity": "users", "rows": 7, "total": None})
        told = state.ledger.progress.of_job(job)
    assert told is not None
    assert (progress_of(told).rows, progress_of(told).percent) == (7, 0.0)
    assert chenu_service.get_export(job).progress == 0.0


def test_who_asked_is_recorded(home: Path) -> None:
    class User:
        login = "anna"

    def principal(user: object) -> Principal:
        assert isinstance(user, User)
        return Principal(name=user.login, role=Role.SYSTEM_ADMIN)

    shop = service(home)
    made = ExportImportService(shop, who=principal)
    job = made.create_export(User(), ExportOptions("csv", ["users"]))
    assert run(made.run_export(job.id)).user == "anna"
    actions = {line.action: line.principal for line in shop.audit()}
    assert {actions[each] for each in ("export.submit", "job.start", "export")} == {"anna"}
    with pytest.raises(InputError) as caught:
        ExportImportService(shop).create_export(User(), ExportOptions("csv", ["users"]))
    assert caught.value.code == "unknown_user"


def test_what_is_no_job_of_this_sort_is_unknown(home: Path, chenu_service: ExportImportService) -> None:
    job = chenu_service.create_export("anna", ExportOptions("json"))
    for looking in (chenu_service.get_import, chenu_service.cancel_import):
        with pytest.raises(InputError) as caught:
            looking(job.id)
        assert caught.value.code == "unknown_import"


def test_words_are_those_of_the_catalog_and_of_the_formats(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kinds = ExportImportService(service(home)).EntityType
    assert [str(kind) for kind in kinds] == ["all", "users", "threads"]
    assert kinds("users") is kinds.USERS is kinds("USERS")
    assert [str(each) for each in ExportFormat] == list(registry().names())
    assert ExportFormat("excel") is ExportFormat.EXCEL is ExportFormat.XLSX
    assert {str(each) for each in ImportFormat} == {*FORMATS, "package"}
    monkeypatch.setenv("ENTREPOT_DB", f"sqlite:///{home / 'app.db'}")
    monkeypatch.setattr(chenu, "export_import_service", ExportImportService())
    assert chenu.EntityType.THREADS == "threads"


HOST = """
import asyncio, os, signal, sys
from entrepot.systems.chenu import ImportOptions, export_import_service

def create():
    print(export_import_service.create_import("anna", "users.csv").id, flush=True)

def validate():
    asyncio.run(export_import_service.validate_import(sys.argv[2]))

def run():
    asyncio.run(export_import_service.run_import(sys.argv[2], lambda told: os.kill(os.getpid(), signal.SIGKILL)))

{"create": create, "validate": validate, "run": run}[sys.argv[1]]()
os.kill(os.getpid(), signal.SIGKILL)
"""


def host(folder: Path, *words: str) -> str:
    """A program that is killed as soon as it has done that; running, when it hears that something happens."""
    environment = {**environment_of(folder), "ENTREPOT_DB": f"sqlite:///{folder / 'app.db'}"}
    command = [sys.executable, "-c", HOST, *words]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False, timeout=240)
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()
    return done.stdout.decode().strip()


def test_a_host_that_is_killed_between_the_steps_and_while_it_waits_loses_nothing(tmp_path: Path) -> None:
    """The worker is the one that is started by itself, and outlives each of the hosts."""
    with closing(sqlite3.connect(tmp_path / "app.db")) as connection:
        connection.executescript(SCHEMA)
    given(tmp_path, "users.csv", "id,name\n" + "".join(f"{n},name {n}\n" for n in range(2, 500)))
    try:
        job = host(tmp_path, "create")
        host(tmp_path, "validate", job)
        assert rows(tmp_path, "SELECT count(*) FROM users") == [(2,)]
        host(tmp_path, "run", job)
        done = run(ExportImportService(service(tmp_path)).run_import(job))
        assert (done.status, done.counts["created"], done.counts["skipped"]) == ("completed", 497, 1)
        assert rows(tmp_path, "SELECT count(*) FROM users") == [(499,)]
        jobs = service(tmp_path).jobs(kind="import")
        assert [(each.id, each.plan_id is not None) for each in jobs] == [(job, True)]
    finally:
        for worker in workers(tmp_path):
            os.kill(worker, signal.SIGKILL)


@pytest.mark.postgres
@pytest.mark.usefixtures("unwoken")
def test_the_same_on_postgresql(
    tmp_path: Path, postgres_database: PostgresDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    postgres_database.execute(SCHEMA)
    given(tmp_path, "entrepot.toml", '[databases.main]\nurl = "env:APP_DB"\n[state]\nfolder = "state"\n')
    monkeypatch.setenv("APP_DB", postgres_database.url)
    made = ExportImportService(Entrepot(config=tmp_path / "entrepot.toml"))
    with at_work(tmp_path):
        data, filename = exported(made, ExportOptions("zip", [made.EntityType.ALL]))
        postgres_database.execute("DELETE FROM threads", "DELETE FROM users")
        (tmp_path / filename).write_bytes(data)
        job = made.create_import("anna", tmp_path / filename, ImportOptions(ImportFormat.ZIP))
        assert run(made.validate_import(job.id)).is_valid
        assert run(made.run_import(job.id)).status == "completed"
    assert postgres_database.rows("SELECT id, title FROM threads ORDER BY id") == [(1, "Hello"), (2, "Hi")]
