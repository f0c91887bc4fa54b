"""Two databases of one name, or one that was put back: what was done is where its mark is."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from entrepot import Entrepot, ImportRequest, Mode
from entrepot.model.errors import InputError
from entrepot.model.import_receipts import ImportReceipt

CRM = ImportRequest(entity="people", mode=Mode.UPSERT, source="crm")


def made(folder: Path, *names: str) -> Path:
    folder.mkdir()
    (folder / "entrepot.toml").write_text("", encoding="utf-8")
    execute(folder / "shop.db", "CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT)")
    execute(folder / "shop.db", *(f"INSERT INTO people (name) VALUES ('{name}')" for name in names))
    return folder / "shop.db"


def execute(database: Path, *statements: str) -> None:
    with closing(sqlite3.connect(database)) as connection, connection:
        for statement in statements:
            connection.execute(statement)


def names(database: Path) -> list[str]:
    with closing(sqlite3.connect(database)) as connection:
        return [name for (name,) in connection.execute("SELECT name FROM people ORDER BY id")]


def service(database: Path) -> Entrepot:
    """With the one ledger."""
    state = {"ENTREPOT_STATE": str(database.parent.parent / "state")}
    return Entrepot(f"sqlite:///{database}", config=database.parent / "entrepot.toml", environment=state)


def brought(database: Path, text: str) -> ImportReceipt:
    file = database.parent / "people.csv"
    file.write_text(text, encoding="utf-8")
    return service(database).bring_in(file, CRM)


def test_ids_of_a_source_are_no_rows_of_another_database_of_that_name(tmp_path: Path) -> None:
    first, second = made(tmp_path / "first"), made(tmp_path / "second", "Stranger", "Other")
    receipt = brought(first, "id,name\n7,Ann\n8,Bob\n")
    brought(second, "id,name\n7,Ann\n8,Bob\n")
    assert (names(first), names(second)) == (["Ann", "Bob"], ["Stranger", "Other", "Ann", "Bob"])
    brought(first, "id,name\n7,Anna\n8,Bob\n")
    brought(second, "id,name\n7,Anne\n8,Bob\n")
    assert (names(first), names(second)) == (["Anna", "Bob"], ["Stranger", "Other", "Anne", "Bob"])
    with pytest.raises(InputError):
        service(second).undo(receipt.job)
    assert names(second) == ["Stranger", "Other", "Anne", "Bob"]


def test_rows_that_go_in_one_database_are_known_in_the_other(tmp_path: Path) -> None:
    """They have the same keys."""
    first, second = made(tmp_path / "first"), made(tmp_path / "second")
    brought(first, "id,name\n7,Ann\n")
    receipt = brought(second, "id,name\n7,Ann\n")
    service(second).undo(receipt.job)
    brought(first, "id,name\n7,Anna\n")
    assert (names(first), names(second)) == (["Anna"], [])


def test_what_was_known_of_ids_is_gone_with_the_rows_when_a_database_is_put_back(tmp_path: Path) -> None:
    database = made(tmp_path / "shop", "First")
    shutil.copy(database, tmp_path / "backup.db")
    brought(database, "id,name\n7,Ann\n")
    shutil.copy(tmp_path / "backup.db", database)
    execute(database, "INSERT INTO people (name) VALUES ('Stranger')")
    brought(database, "id,name\n7,Ann\n")
    assert names(database) == ["First", "Stranger", "Ann"]
