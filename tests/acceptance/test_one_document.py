"""`entrepot import --json` and `plan --json` print one JSON document whatever happens."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from entrepot.cli import main
from entrepot.cli.progress import Silent

Output = pytest.CaptureFixture[str]
INTO = ("import", "people.csv", "--into", "users", "--db", "sqlite:///shop.db")
PARTS = {"code", "message", "remedy", "exit_code", "problems"}


@pytest.fixture(autouse=True)
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ENTREPOT_DB", raising=False)
    with closing(sqlite3.connect("shop.db", isolation_level=None)) as database:
        database.execute("CREATE TABLE users (id integer PRIMARY KEY, age integer)")
    people("1,30", "2,31")
    return tmp_path


def people(*lines: str) -> None:
    Path("people.csv").write_text("\n".join(("id,age", *lines)) + "\n", encoding="utf-8")


def stored() -> int:
    with closing(sqlite3.connect("shop.db")) as database:
        return int(database.execute("SELECT count(*) FROM users").fetchone()[0])


def document(capsys: Output, *arguments: str) -> tuple[int, dict[str, Any]]:
    """All that was printed is one document, and nothing stands beside it."""
    capsys.readouterr()
    code = main(list(arguments))
    out, err = capsys.readouterr()
    assert err == ""
    return code, json.loads(out)


def test_a_plan_then_the_plan_again_then_a_receipt(capsys: Output) -> None:
    code, plan = document(capsys, *INTO, "--json")
    assert (code, plan["counts"]["created"], plan["blocked"], stored()) == (0, 2, False, 0)
    assert document(capsys, "plan", "show", plan["plan_id"], "--db", "sqlite:///shop.db", "--json") == (0, plan)
    code, receipt = document(capsys, "plan", "apply", plan["plan_id"], "--db", "sqlite:///shop.db", "--json")
    assert (code, receipt["counts"]["created"], receipt["digest"], stored()) == (0, 2, plan["digest"], 2)
    assert receipt["job"]


@pytest.mark.parametrize(
    ("arguments", "exit_code", "error"),
    [
        (("import", "--json"), 2, "usage"),
        (("imprt", "--json"), 2, "usage"),
        ((*INTO, "--mode", "magic", "--json"), 2, "usage"),
        ((*INTO, "--jsn", "--json"), 2, "usage"),
        (("plan", "apply", "--json"), 2, "usage"),
        (("plan", "show", "plan_nobody", "--db", "sqlite:///shop.db", "--json"), 2, "unknown_plan"),
        (("import", "nobody.csv", "--into", "users", "--db", "sqlite:///shop.db", "--json"), 2, "no_such_file"),
        (("import", "people.csv", "--into", "usrs", "--db", "sqlite:///shop.db", "--json"), 2, "unknown_entity"),
        (("import", "people.csv", "--into", "users", "--db", "sqlite:///no/shop.db", "--json"), 2, "sqlite_missing"),
        ((*INTO, "--map", "nothing=age", "--json"), 2, "unknown_column"),
        ((*INTO, "--passphrase-file", "nobody", "--json"), 2, "secret_file"),
    ],
)
def test_an_error_has_code_message_and_remedy(
    capsys: Output, arguments: tuple[str, ...], exit_code: int, error: str
) -> None:
    code, told = document(capsys, *arguments)
    assert told.keys() == {"error"}
    assert told["error"].keys() == PARTS
    assert (code, told["error"]["exit_code"], told["error"]["code"]) == (exit_code, exit_code, error)
    assert told["error"]["message"]
    assert told["error"]["remedy"]


def test_records_that_cannot_be_imported_are_the_problems_of_the_error(capsys: Output) -> None:
    people("1,30", "2,old")
    code, told = document(capsys, *INTO, "--yes", "--json")
    assert (code, told["error"]["code"], stored()) == (2, "records_failed", 0)
    (problem,) = told["error"]["problems"]
    assert (problem["code"], problem["place"]["record"], problem["place"]["line"]) == ("not_an_integer", 2, 3)


def test_some_records_left_out_is_an_exit_code_of_its_own(capsys: Output) -> None:
    people("1,30", "2,old")
    code, receipt = document(capsys, *INTO, "--yes", "--errors", "skip", "--json")
    assert (code, receipt["counts"]["created"], receipt["counts"]["failed"]) == (9, 1, 1)


def test_a_dry_run_is_only_looked_at(capsys: Output) -> None:
    code, plan = document(capsys, *INTO, "--dry-run", "--yes", "--json")
    assert (code, stored()) == (0, 0)
    assert plan["plan_id"]


def test_an_interrupt_is_an_error_like_others(capsys: Output, monkeypatch: pytest.MonkeyPatch) -> None:
    """The signal comes while the rows are on their way."""

    def interrupted(_self: Silent, _entity: str, _total: int | None) -> None:
        os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(Silent, "begin", interrupted)
    people(*(f"{at},30" for at in range(1, 50_000)))
    code, told = document(capsys, *INTO, "--yes", "--json")
    assert (code, told["error"]["exit_code"], stored()) == (130, 130, 0)


def test_whoever_does_not_wait_hears_what_became_of_it(capsys: Output, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_self: Silent, words: str) -> None:
        if words == "Committing":
            raise KeyboardInterrupt

    monkeypatch.setattr(Silent, "phase", interrupted)
    code, told = document(capsys, *INTO, "--yes", "--json")
    assert (code, told["error"]["code"], stored()) == (130, "stopped", 0)
    assert told["error"]["message"] == "Stopped: nothing was written."
