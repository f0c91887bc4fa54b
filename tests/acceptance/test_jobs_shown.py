"""Jobs as the command line shows them: lines for people, documents for programs, and the exit code of the outcome."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from acceptance.work import BY_HAND, drained, service
from entrepot import ExportOptions, ImportRequest
from entrepot.cli import main


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    with closing(sqlite3.connect(tmp_path / "app.db")) as connection:
        connection.executescript("CREATE TABLE users (id INTEGER PRIMARY KEY); INSERT INTO users VALUES (1), (2);")
    (tmp_path / "people.csv").write_text("id\n3\n1\n")
    monkeypatch.setenv("ENTREPOT_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("ENTREPOT_DB", f"sqlite:///{tmp_path / 'app.db'}")
    return tmp_path


def test_a_job_is_listed_shown_and_its_log_read(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    job = service(home).submit_export("users", options=ExportOptions(format="csv"), manner=BY_HAND).id
    drained(home)
    capsys.readouterr()
    for command, words in (("list", "completed"), ("show", "users.csv"), ("logs", "ended")):
        assert main(["jobs", command, *([] if command == "list" else [job])]) == 0
        assert words in capsys.readouterr().out
    assert main(["jobs", "watch", job, "--json"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["event"]["number"] for line in lines[:-1]] == list(range(1, len(lines)))
    assert lines[-1]["job"]["id"] == job
    assert main(["jobs", "logs", job, "--after", "1", "--json"]) == 0
    assert [event["number"] for event in json.loads(capsys.readouterr().out)] == list(range(2, len(lines)))


def test_jobs_are_told_in_the_words_of_other_systems(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shop = service(home)
    export = shop.submit_export("users", options=ExportOptions(format="csv"), manner=BY_HAND).id
    refused = shop.submit_import(home / "people.csv", ImportRequest(entity="users"), manner=BY_HAND).id
    drained(home)
    waiting = shop.submit_export("users", options=ExportOptions(format="csv"), manner=BY_HAND).id
    capsys.readouterr()
    assert main(["jobs", "list", "--words", "housef3", "--json"]) == 0
    told = {each["job"]: each["status"] for each in json.loads(capsys.readouterr().out)}
    assert told == {export: "completed", refused: "validation_failed", waiting: "initiated"}
    assert main(["jobs", "show", refused, "--words", "housef3", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["phase"].startswith("validating_")
    assert main(["jobs", "show", waiting, "--words", "netcmdb"]) == 0
    assert "initializing" in capsys.readouterr().out
    assert main(["jobs", "list", "--words", "netcmd"]) == 2
    assert "'netcmdb'" in capsys.readouterr().err


def test_watching_ends_with_the_exit_code_of_the_job(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shop = service(home)
    (home / "there.csv").touch()
    taken = shop.submit_export("users", to=home / "there.csv", manner=BY_HAND).id
    refused = shop.submit_import(home / "people.csv", ImportRequest(entity="users"), look=True, manner=BY_HAND).id
    drained(home)
    unwanted = shop.submit_export("users", to=home / "never.csv", manner=BY_HAND).id
    assert main(["jobs", "cancel", unwanted]) == 0
    codes = {job: main(["jobs", "watch", job]) for job in (taken, refused, unwanted)}
    assert codes == {taken: 6, refused: 2, unwanted: 130}
    said = capsys.readouterr().out
    assert "\n\n" in said
    assert "entrepot plan show plan_" in said
    assert "\\n" not in said


def test_what_cannot_be_a_job_is_refused(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "secret.txt").write_text("open sesame")
    words = {
        "secret_in_job": ["export", "users", "-f", "csv", "--detach", "--passphrase-file", str(home / "secret.txt")],
        "usage": ["export", "users", "-f", "csv", "--job-key", "k"],
        "unknown_job": ["jobs", "show", "exp_1"],
        "nothing_to_download": ["jobs", "download", direct(home), "-o", str(home / "out")],
    }
    for code, command in words.items():
        assert main([*command, "--json"]) == 2
        assert json.loads(capsys.readouterr().out)["error"]["code"] == code
    assert main(["jobs", "watch"]) == 2
    assert main(["undo", "imp_1", "--detach"]) == 2


def direct(home: Path) -> str:
    """A job that nobody submitted."""
    (home / "new.csv").write_text("id\n9\n")
    return service(home).bring_in(home / "new.csv", ImportRequest(entity="users")).job
