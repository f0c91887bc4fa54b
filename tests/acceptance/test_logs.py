"""The log of a worker and of commands, as programs read it."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from acceptance.work import BY_HAND
from entrepot import Entrepot, ExportOptions

CANARY = "cAnary-4711-of-the-tests"
AWAY = f"postgresql://app:{CANARY}@127.0.0.1:1/app"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    with closing(sqlite3.connect(tmp_path / "app.db")) as connection:
        connection.executescript("CREATE TABLE users (id INTEGER PRIMARY KEY); INSERT INTO users VALUES (1), (2);")
    (tmp_path / "entrepot.toml").write_text('[databases.main]\nurl = "sqlite:///app.db"\n')
    return tmp_path


def environment(home: Path) -> dict[str, str]:
    return {**os.environ, "ENTREPOT_STATE": str(home / "state"), "ENTREPOT_LOG": "json"}


def lines(home: Path, *words: str, code: int = 0, **more: str) -> list[dict[str, Any]]:
    done = subprocess.run(
        [sys.executable, "-m", "entrepot", *words],
        cwd=home,
        env={**environment(home), **more},
        capture_output=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == code, done.stderr
    assert CANARY.encode() not in done.stderr
    return [json.loads(line) for line in done.stderr.splitlines() if line.startswith(b"{")]


def submitted(home: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(home)
    shop = Entrepot("main", environment=environment(home))
    return shop.submit_export("users", options=ExportOptions(format="csv"), manner=BY_HAND).id


def test_the_lines_of_a_worker_say_which_job_they_are_about(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    job = submitted(home, monkeypatch)
    told = [line for line in lines(home, "worker", "--once") if line.get("job") == job]
    assert [(line["kind"], line["attempt"], line["level"]) for line in told[:1]] == [("export", 1, "info")]
    assert [line["message"] for line in told if line["message"].endswith("over")] == [f"{job}: over"]


def test_a_worker_says_why_a_database_is_away_without_its_password(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    job = submitted(home, monkeypatch)
    (home / "entrepot.toml").write_text(f'[databases.main]\nurl = "{AWAY}"\n')
    command = [sys.executable, "-m", "entrepot", "worker"]
    with subprocess.Popen(command, cwd=home, env=environment(home), stderr=subprocess.PIPE, text=True) as worker:
        assert worker.stderr is not None
        said = [next(line for line in worker.stderr if '"warning"' in line)]
        worker.terminate()
        said += worker.stderr
    assert (json.loads(said[0])["job"], bool(json.loads(said[0])["error"])) == (job, True)
    assert CANARY not in "".join(said)


def test_a_command_says_how_it_ended_and_no_password(home: Path) -> None:
    (over,) = lines(home, "jobs", "list")
    assert (over["command"], over["level"], "error" in over) == ("jobs", "info", False)
    (failed,) = lines(home, "catalog", code=4, ENTREPOT_DB=AWAY)
    assert (failed["command"], failed["level"]) == ("catalog", "error")
    assert failed["error"]


def test_settings_of_the_log_that_mean_nothing_are_refused(home: Path) -> None:
    assert lines(home, "worker", "--once", code=2, ENTREPOT_LOG="xml") == []
    assert lines(home, "worker", "--once", code=2, ENTREPOT_LOG_LEVEL="loud") == []
