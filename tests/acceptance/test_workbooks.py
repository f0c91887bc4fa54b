"""A workbook that somebody made by hand, brought in by the command line."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from acceptance.importing import Shop

PEOPLE = (
    ("Our people",),
    (),
    ("id", "name", "age", "e-mail", "not for us"),
    (1, "Ann", 30, "ann@example.org", None),
    (2, "Bob", "#N/A", "bob@example.org", "#REF!"),
    (3, "=A6+1", 5, None, None),
    (4, "Dan", "old", "dan@example.org", "#REF!"),
)


@pytest.fixture
def shop(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shop:
    return Shop.opened(tmp_path, capsys)


@pytest.fixture
def people(tmp_path: Path) -> str:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "All of them"
    for line in PEOPLE:
        sheet.append(line)
    book.create_sheet("Empty")
    book.save(tmp_path / "people.xlsx")
    return str(tmp_path / "people.xlsx")


def test_a_preview_says_which_cell_is_wrong(shop: Shop, people: str) -> None:
    """A column that goes nowhere keeps no record out, whatever is in it."""
    asked = ("import", people, "--into", "users", "--ignore", "not for us", "--dry-run")
    _, plan = shop.run(*asked)
    assert (plan["counts"]["created"], plan["counts"]["failed"]) == (1, 3)
    wrong = {(one["code"], one["place"]["cell"]) for one in plan["problems"] if one["place"]["record"]}
    assert wrong == {
        ("error_value", "'All of them'!C5"),
        ("no_cached_value", "'All of them'!B6"),
        ("not_an_integer", "'All of them'!C7"),
    }
    screen = shop.screen(*asked)
    assert "the sheet 'All of them', names in the first record, the first 2 rows" in " ".join(screen.split())
    assert "record 2 ('All of them'!C5)" in screen


def test_records_that_fail_come_back_corrected(shop: Shop, people: str, tmp_path: Path) -> None:
    errors = tmp_path / "errors.csv"
    said = ("--ignore", "not for us", "--errors", "skip", "--errors-file", str(errors), "--yes")
    code, receipt = shop.run("import", people, "--into", "users", *said)
    assert (code, shop.rows("SELECT id FROM users")) == (9, [(1,)])
    text = errors.read_text(encoding="utf-8")
    assert text.startswith("id,name,age,e-mail,not for us,__row,__error\n")
    corrected = (
        text.replace(",#N/A,", ",31,").replace(',"#N/A",', ",31,").replace("=A6+1", "Cid").replace(",old,", ",7,")
    )
    errors.write_text(corrected, encoding="utf-8")
    code, _ = shop.run("import", str(errors), "--corrects", receipt["job"], "--yes")
    assert code == 0
    assert shop.rows("SELECT id, name, age FROM users ORDER BY id") == [
        (1, "Ann", 30),
        (2, "Bob", 31),
        (3, "Cid", 5),
        (4, "Dan", 7),
    ]
