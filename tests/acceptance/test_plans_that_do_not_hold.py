"""A plan is for one database, one schema and one file, for a week: what of it is gone is said, and nothing happens."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from entrepot import Entrepot, ExportOptions
from entrepot.bystanders import SystemClock
from entrepot.cli import main
from entrepot.model.drafts import Mode
from entrepot.model.errors import AccessError, ChangedError, DamagedError, EntrepotError, InputError
from entrepot.model.plans import ImportPlan, ImportRequest
from terminals import CTRL_D, on_terminal

SHOP = "sqlite:///shop.db"
PROGRAM = (sys.executable, "-m", "entrepot")
PASSPHRASE = "correct horse battery staple"


@pytest.fixture(autouse=True)
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ENTREPOT_DB", raising=False)
    changed("CREATE TABLE users (id integer PRIMARY KEY, name varchar(20), age integer)")
    changed("INSERT INTO users VALUES (1, 'Ann', 30)")
    Path("users.csv").write_text("id,name,age\n1,Ann,31\n2,Bob,40\n", encoding="utf-8")
    return tmp_path


def changed(statement: str, file: str = "shop.db") -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as database:
        database.execute(statement)


def stored() -> list[tuple[object, ...]]:
    with closing(sqlite3.connect("shop.db")) as database:
        return database.execute("SELECT id, age FROM users ORDER BY id").fetchall()


def planned(file: str = "users.csv", passphrase: str | None = None) -> ImportPlan:
    return Entrepot(SHOP).preview(file, ImportRequest(entity="users", mode=Mode.UPSERT), passphrase=passphrase)


def refusal(plan_id: str, kind: type[EntrepotError], db: str = SHOP, passphrase: str | None = None) -> EntrepotError:
    with pytest.raises(kind) as caught:
        Entrepot(db).apply(plan_id, passphrase=passphrase)
    assert caught.value.remedy
    return caught.value


@pytest.mark.parametrize(
    ("statement", "fact"),
    [
        ("ALTER TABLE users DROP COLUMN age", "the field age is gone"),
        ("ALTER TABLE users RENAME TO people", "it is gone"),
    ],
)
def test_a_table_that_changed_since(statement: str, fact: str) -> None:
    plan = planned()
    changed(statement)
    error = refusal(plan.plan_id, ChangedError)
    assert error.code == "plan_outdated"
    assert error.message == f"Since the preview, the table of users has changed: {fact}. Nothing was written."


def test_a_field_that_got_another_type() -> None:
    plan = planned()
    changed("DROP TABLE users")
    changed("CREATE TABLE users (id integer PRIMARY KEY, name varchar(20), age text)")
    error = refusal(plan.plan_id, ChangedError)
    assert (error.code, stored()) == ("plan_outdated", [])
    assert "the field age was INTEGER and is TEXT" in error.message


def test_a_field_that_came_besides_changes_nothing() -> None:
    plan = planned()
    changed("ALTER TABLE users ADD COLUMN note text")
    assert Entrepot(SHOP).apply(plan.plan_id).counts["created"] == 1


def test_another_database() -> None:
    plan = planned()
    shutil.copy("shop.db", "other.db")
    error = refusal(plan.plan_id, InputError, "sqlite:///other.db")
    assert error.code == "other_database"
    assert "shop" in error.message
    assert "other" in error.message


def test_a_plan_that_is_too_old(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = planned()
    later = datetime.now(UTC) + timedelta(days=8)

    def now(_self: SystemClock) -> datetime:
        return later

    monkeypatch.setattr(SystemClock, "now", now)
    assert refusal(plan.plan_id, ChangedError).code == "plan_expired"
    assert Entrepot(SHOP).plan(plan.plan_id).counts == plan.counts
    assert stored() == [(1, 30)]


def test_a_file_that_was_taken_away() -> None:
    plan = planned()
    for file in Path(".entrepot/artifacts").iterdir():
        file.unlink()
    assert refusal(plan.plan_id, DamagedError).code == "artifact_missing"


def test_a_plan_of_another_version() -> None:
    plan = planned()
    summary = "json_set(summary, '$.counts', 'none')"
    changed(f"UPDATE plans SET summary = {summary}", ".entrepot/ledger.db")
    for use in (Entrepot(SHOP).apply, Entrepot(SHOP).plan):
        with pytest.raises(ChangedError) as caught:
            use(plan.plan_id)
        assert caught.value.code == "plan_unreadable"


def test_a_plan_is_carried_out_once() -> None:
    plan = planned()
    Entrepot(SHOP).apply(plan.plan_id)
    assert refusal(plan.plan_id, ChangedError).code == "already_applied"


def encrypted() -> Path:
    """As an export with a passphrase writes it, with its locked key beside it, in a folder of its own."""
    options = ExportOptions(encrypt=True, passphrase=PASSPHRASE)
    Entrepot(SHOP).export("users", to="box/users.csv.age", options=options)
    changed("DELETE FROM users")
    return Path("box")


def test_a_passphrase_is_needed_again_and_its_locked_key_is_found_where_the_file_lay(
    shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    encrypted()
    plan = planned("box/users.csv.age", PASSPHRASE)
    (shop / "elsewhere").mkdir()
    monkeypatch.chdir(shop / "elsewhere")
    monkeypatch.setenv("ENTREPOT_STATE", str(shop / ".entrepot"))
    error = refusal(plan.plan_id, AccessError, "sqlite:///../shop.db")
    assert error.code == "no_key"
    assert "--passphrase-file" in error.remedy
    receipt = Entrepot("sqlite:///../shop.db").apply(plan.plan_id, passphrase=PASSPHRASE)
    assert receipt.counts["created"] == 1


def without_key(box: Path) -> None:
    (box / "users.csv.age.key").unlink()


@pytest.mark.parametrize("gone", [without_key, shutil.rmtree])
def test_a_locked_key_that_is_gone_is_said_with_its_place(shop: Path, gone: Callable[[Path], object]) -> None:
    box = encrypted()
    plan = planned("box/users.csv.age", PASSPHRASE)
    gone(box)
    error = refusal(plan.plan_id, InputError, passphrase=PASSPHRASE)
    assert error.code == "no_key_file"
    assert error.remedy == f"Put users.csv.age.key, or export.age.key, into {shop / 'box'}."


def test_a_terminal_asks_for_the_passphrase_once_for_preview_and_import(shop: Path) -> None:
    encrypted()
    with on_terminal("import", "box/users.csv.age", "--into", "users", "--db", SHOP, folder=shop) as terminal:
        terminal.until("users.csv.age is encrypted. Passphrase: ")
        terminal.type(f"{PASSPHRASE}\n")
        terminal.until("[n] no: ")
        terminal.type("y\n")
        assert terminal.ended() == 0
    assert PASSPHRASE not in terminal.shown
    assert terminal.shown.count("Passphrase: ") == 1
    assert stored() == [(1, 30)]


def test_no_passphrase_is_the_error_that_names_the_option(shop: Path) -> None:
    encrypted()
    with on_terminal("import", "box/users.csv.age", "--into", "users", "--db", SHOP, folder=shop) as terminal:
        terminal.until("Passphrase: ")
        terminal.type(CTRL_D)
        assert terminal.ended() == 3
    assert "--passphrase-file" in terminal.shown


def test_a_program_is_not_asked(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    encrypted()
    command = ["import", "box/users.csv.age", "--into", "users", "--db", SHOP]
    assert main([*command, "--json"]) == 3
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "no_key"
    ran = subprocess.run(
        [sys.executable, "-m", "entrepot", *command],
        cwd=shop,
        capture_output=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    assert ran.returncode == 3
