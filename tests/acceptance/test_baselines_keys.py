"""Workbooks with a baseline whose keys are none that every row can be found by: nobody edited them, so nothing comes of
them."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from acceptance.importing import Shop, counts, found, told

UPSERT = ("--mode", "upsert")
TABLES = """
CREATE TABLE codes (a text, b text, words text, PRIMARY KEY (a, b));
CREATE TABLE lines (id text PRIMARY KEY NOT NULL, words text);
CREATE TABLE events (at timestamp PRIMARY KEY NOT NULL, words text);
"""


@pytest.fixture
def shop(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shop:
    return Shop.opened(tmp_path, capsys, tables=TABLES)


def exported(shop: Shop, entity: str) -> str:
    path = shop.folder / f"{entity}.xlsx"
    code, said = shop.run("export", entity, "-o", str(path), "--option", "baseline=yes")
    assert code == 0, said
    return str(path)


def edited(path: str, sheet: str, **cells: str) -> str:
    book = openpyxl.load_workbook(path)
    for at, value in cells.items():
        book[sheet][at] = value
    book.save(path)
    book.close()
    return path


def test_a_row_with_a_null_in_its_key_is_never_made_again(shop: Shop) -> None:
    shop.rows_changed("INSERT INTO codes VALUES (NULL, 'x', 'one'), ('x', NULL, 'two'), ('x', 'y', 'three')")
    before = shop.rows("SELECT * FROM codes")
    path = exported(shop, "codes")
    for mode in ("upsert", "update"):
        assert counts(shop.bring(path, "codes", "--mode", mode)) == {"skipped": 2, "unchanged": 1}
    plan = shop.plan(edited(path, "codes", C2="ONE", C4="THREE"), "codes", *UPSERT)
    assert counts(plan) == {"failed": 1, "skipped": 1, "updated": 1}
    assert [(record, code) for record, _, code, _ in found(plan)] == [(1, "row_not_found_again")]
    assert shop.rows("SELECT * FROM codes") == before


def test_several_rows_with_the_same_null_key_stay_as_many_as_they_are(shop: Shop) -> None:
    shop.rows_changed("INSERT INTO codes VALUES (NULL, 'x', 'one'), (NULL, 'x', 'two'), ('x', 'y', 'three')")
    path = exported(shop, "codes")
    assert counts(shop.bring(path, "codes", *UPSERT)) == {"skipped": 2, "unchanged": 1}
    plan = shop.plan(edited(path, "codes", C3="TWO"), "codes", *UPSERT)
    assert counts(plan) == {"failed": 1, "skipped": 1, "unchanged": 1}


def test_keys_that_a_cell_makes_equal_multiply_no_record(shop: Shop) -> None:
    """Spreadsheet programs know one kind of line end."""
    shop.rows_changed(
        "INSERT INTO lines VALUES ('x' || char(10) || 'y', '1'), ('x' || char(13, 10) || 'y', '2'), ('k', '3')"
    )
    before = shop.rows("SELECT * FROM lines")
    path = exported(shop, "lines")
    plan = shop.plan(path, "lines", *UPSERT, "--baseline", "require")
    assert counts(plan) == {"unchanged": 3}
    assert "The baseline does not count for 2 records" in " ".join(told(plan))
    assert "rows_not_returned" not in [problem["code"] for problem in plan["problems"]]
    plan = shop.plan(edited(path, "lines", B4="three"), "lines", *UPSERT)
    assert counts(plan) == {"failed": 1, "unchanged": 1, "updated": 1}
    assert shop.rows("SELECT * FROM lines") == before


def test_a_table_with_a_moment_in_its_key_has_no_baseline(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cell keeps no microseconds: its rows would be made again."""
    shop.rows_changed("INSERT INTO events VALUES ('2024-01-02 10:00:00.123456', 'one')")
    code, said = shop.run("export", "events", "-o", str(shop.folder / "new.xlsx"), "--option", "baseline=yes")
    assert (code, "events has a moment in its primary key" in str(said)) == (0, True)
    with monkeypatch.context() as before:
        before.setattr("entrepot.formats.xlsx.baseline.MOMENTS", ())
        old = exported(shop, "events")
    error = shop.refusal(old, "events", *UPSERT, "--baseline", "require")
    assert (error["code"], "rows by at, a moment" in error["message"]) == ("baseline_required", True)
    for path in (str(shop.folder / "new.xlsx"), old):
        plan = shop.plan(path, "events", *UPSERT)
        assert "baseline_unusable" in [problem["code"] for problem in plan["problems"]]


def test_new_rows_with_a_null_in_their_key_are_told_beforehand(shop: Shop) -> None:
    """SQLite keeps them, and nothing finds them again."""
    plan = shop.plan(shop.file("a,b,words\n,x,one\nx,y,two\n"), "codes", *UPSERT)
    assert counts(plan) == {"created": 2}
    (problem,) = plan["problems"]
    assert (problem["code"], problem["message"].partition(",")[0]) == (
        "key_has_null",
        "1 new row of 'codes' will have NULL in the key",
    )
