"""A baseline that is not what was signed here, of this database, counts for nothing: the workbook is imported like any
other file, and that is told; or it is refused, where somebody insists on a baseline."""

from __future__ import annotations

import shutil
import sqlite3
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from acceptance.importing import Shop, counts
from entrepot.model.baselines import SHEET

ROWS = "INSERT INTO users (id, name, age) VALUES (1, 'Ada', 36), (2, 'Bob', 20)"
UPSERT = ("--mode", "upsert")


@pytest.fixture
def shop(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shop:
    shop = Shop.opened(tmp_path, capsys)
    shop.rows_changed(ROWS)
    return shop


def exported(shop: Shop) -> Path:
    path = shop.folder / "users.xlsx"
    code, said = shop.run("export", "users", "-o", str(path), "--option", "baseline=yes", "--overwrite")
    assert code == 0, said
    return path


def why(plan: dict[str, Any]) -> str:
    """The plan counts all cells, and says why."""
    (told,) = (each["message"] for each in plan["problems"] if each["code"] == "baseline_unusable")
    assert counts(plan) == {"updated": 1, "unchanged": 1}
    return str(told)


def changed_by_others(shop: Shop) -> None:
    shop.rows_changed("UPDATE users SET age = 37 WHERE id = 1")


def rewritten(path: Path, first: int, put: tuple[str, ...], rest: int) -> None:
    """The hidden sheet has other cells from `first` to `rest`."""
    book = openpyxl.load_workbook(path)
    sheet = book[SHEET]
    cells = [str(row[0].value) for row in sheet.iter_rows()]
    assert [cell[0] for cell in cells] == ["m", "p", "d", "s"]
    sheet.delete_rows(1, sheet.max_row)
    for cell in (*cells[:first], *put, *cells[rest:]):
        sheet.append([cell])
    book.save(path)
    book.close()


NOT_OURS = "it was changed, or signed by another installation"


def test_one_that_was_tampered_with(shop: Shop) -> None:
    path = exported(shop)
    changed_by_others(shop)
    named = (*UPSERT, "--sheet", "users")
    for first, put, rest, words in (
        (2, ("d00",), 3, NOT_OURS),
        (1, (), 3, NOT_OURS),
        (3, ("sü",), 4, NOT_OURS),
        (0, ("m!",), 1, "its beginning is damaged"),
        (2, ("dxyz",), 3, "a cell of it holds what none should"),
        (4, ("m",), 4, "something follows its end"),
        (0, (), 4, "its end is missing"),
    ):
        copy = Path(shutil.copy(path, shop.folder / "copy.xlsx"))
        rewritten(copy, first, put, rest)
        assert f"cannot be used: {words}." in why(shop.plan(str(copy), "users", *named))
    error = shop.refusal(str(copy), "users", *named, "--baseline", "require")
    assert (error["code"], words in error["message"]) == ("baseline_required", True)


def test_one_of_another_installation_and_one_without_any(shop: Shop) -> None:
    path = exported(shop)
    changed_by_others(shop)
    key = shop.folder / ".entrepot" / "installation.key"
    assert key.stat().st_mode & 0o077 == 0
    key.unlink()
    assert "another installation" in why(shop.plan(str(path), "users", *UPSERT))
    exported(shop)
    assert key.stat().st_size == 32
    key.write_bytes(b"x" * 32)
    shop.rows_changed("UPDATE users SET age = 38 WHERE id = 1")
    assert "another installation" in why(shop.plan(str(path), "users", *UPSERT))
    key.write_bytes(b"")
    _, said = shop.run("import", str(path), "--into", "users", "--dry-run", *UPSERT)
    assert said["error"]["code"] == "damaged_key"


def test_one_of_another_database_or_another_table(shop: Shop) -> None:
    path = exported(shop)
    shutil.copy(shop.folder / "shop.db", shop.folder / "twin.db")
    changed_by_others(shop)
    with sqlite3.connect(shop.folder / "twin.db") as twin:
        twin.execute("UPDATE users SET age = 37 WHERE id = 1")
    twin.close()
    elsewhere = shop.plan(str(path), "users", *UPSERT, "--db", f"sqlite:///{shop.folder / 'twin.db'}")
    assert "sqlite database shop" in why(elsewhere)
    shop.rows_changed("CREATE TABLE others (id integer PRIMARY KEY, name text, age integer)")
    shop.rows_changed("INSERT INTO others SELECT id, name, age FROM users")
    assert "knows nothing of others" in why(shop.plan(str(path), "others", *UPSERT))


def test_rows_that_are_looked_for_by_another_key(shop: Shop) -> None:
    path = exported(shop)
    changed_by_others(shop)
    assert "by id, and they are looked for otherwise" in why(shop.plan(str(path), "users", *UPSERT, "--key", "name"))


def test_one_that_nobody_wants_or_that_nothing_can_come_of(shop: Shop) -> None:
    path = exported(shop)
    changed_by_others(shop)
    plan = shop.plan(str(path), "users", *UPSERT, "--baseline", "ignore")
    assert (counts(plan), plan["problems"]) == ({"updated": 1, "unchanged": 1}, [])
    plan = shop.plan(str(path), "users")
    assert (counts(plan), plan["problems"][0]["code"]) == ({"failed": 2}, "baseline_not_needed")
    plan = shop.plan(str(path), "users", "--mode", "mirror")
    assert (counts(plan), plan["problems"][0]["code"]) == ({"updated": 1, "unchanged": 1}, "baseline_not_needed")
    code, _ = shop.run("export", "users", "-o", str(shop.folder / "plain.xlsx"))
    assert code == 0
    error = shop.refusal(str(shop.folder / "plain.xlsx"), "users", *UPSERT, "--baseline", "require")
    assert (error["code"], "has no baseline" in error["message"]) == ("baseline_required", True)
    error = shop.refusal(shop.file("id,name\n1,Ada\n"), "users", *UPSERT, "--baseline", "require")
    assert error["code"] == "baseline_required"


def test_the_hidden_sheet_is_no_table_and_holds_no_value(shop: Shop) -> None:
    path = exported(shop)
    with zipfile.ZipFile(path) as archive:
        assert b'name="entrepot baseline"' in archive.read("xl/workbook.xml")
        assert b'state="veryHidden"' in archive.read("xl/workbook.xml")
        sheet = archive.read("xl/worksheets/sheet3.xml")
    assert b"Ada" not in sheet
    assert b"name" not in sheet.partition(b"<sheetData>")[2]
    code, found = shop.run("inspect", str(path))
    assert code == 0, found
    error = shop.refusal(str(path), "users", "--sheet", SHEET)
    assert error["code"] == "unknown_sheet"


def test_a_table_without_a_key_has_none(shop: Shop) -> None:
    shop.rows_changed("CREATE TABLE notes (text text)")
    path = shop.folder / "notes.xlsx"
    code, receipt = shop.run("export", "notes", "users", "-o", str(path), "--option", "baseline=yes")
    assert code == 0
    assert "notes has no primary key, so the workbook has no baseline of it." in str(receipt)
    assert counts(shop.plan(str(path), "users", "--sheet", "users", *UPSERT)) == {"unchanged": 2}
