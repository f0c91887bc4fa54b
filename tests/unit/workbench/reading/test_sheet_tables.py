"""Which table a workbook is: sheets, where their tables begin, names of columns, places."""

from __future__ import annotations

from pathlib import Path

import pytest

from entrepot.model.drafts import Reading
from entrepot.workbench.protocol_judging import ListTables
from entrepot.workbench.reading import cells, list_tables
from entrepot.workbench.source import Database
from unit.workbench.reading.workbooks import Book, read, refusal, rows, sheet

PEOPLE = (("id", "name", "age"), (1, "Ann", 30), (2, "Bob", 40))


def book(folder: Path, *lines: tuple[object, ...], name: str = "people.xlsx", tail: str = "") -> Path:
    return Book(sheets={"People": sheet(rows(*lines), tail=tail)}).write(folder / name)


def test_the_first_row_holds_names_if_it_looks_like_that(tmp_path: Path, database: Database) -> None:
    found = read(database, book(tmp_path, *PEOPLE))
    assert (found.names, found.rows) == (["id", "name", "age"], [("1", "Ann", "30"), ("2", "Bob", "40")])
    assert found.staged.reading == Reading(format="xlsx", header=True, skip_lines=0, entity="People")
    without = read(database, book(tmp_path, *PEOPLE[1:]))
    assert (without.names, without.codes) == (["column 1", "column 2", "column 3"], ["no_header"])
    assert len(read(database, book(tmp_path, *PEOPLE[1:]), Reading(header=True)).rows) == 1


def test_a_title_above_the_names_is_no_record(tmp_path: Path, database: Database) -> None:
    path = book(tmp_path, ("Our people",), (), ("of all kinds",), *PEOPLE)
    found = read(database, path)
    assert (found.names, len(found.rows), found.codes) == (["id", "name", "age"], 2, ["lines_skipped"])
    assert found.staged.reading.skip_lines == 3
    whole = read(database, path, Reading(skip_lines=0, header=False))
    assert whole.rows[0] == ("Our people", None, None)


def test_without_names_the_first_row_is_a_record_however_little_it_holds(tmp_path: Path, database: Database) -> None:
    found = read(database, book(tmp_path, (20,), *PEOPLE[1:]), Reading(header=False))
    assert (found.rows[0], len(found.rows), found.codes) == (("20", None, None), 3, [])


def test_blank_rows_are_no_records_wherever_they_are(tmp_path: Path, database: Database) -> None:
    found = read(database, book(tmp_path, PEOPLE[0], PEOPLE[1], (None, None), PEOPLE[2], (None, ""), ("", None)))
    assert [row[0] for row in found.rows] == ["1", "2"]
    assert found.codes == ["blank_lines"]


def test_columns_without_a_name_have_one_if_they_have_values(tmp_path: Path, database: Database) -> None:
    found = read(
        database,
        book(tmp_path, (None, "id", None, "name", "name"), (None, 1, None, "a", "b"), (None, 2, None, "c", "d", "x")),
    )
    assert found.names == ["id", "name", "column 5", "column 6"]
    assert found.rows == [("1", "a", "b", None), ("2", "c", "d", "x")]
    assert found.codes == ["unnamed_columns", "repeated_columns"]


def test_a_column_may_turn_up_late(tmp_path: Path, database: Database) -> None:
    lines = [("id", "name"), *((at, "a") for at in range(1, 1500)), (1500, "b", "beside it")]
    found = read(database, book(tmp_path, *lines))
    assert (found.names, len(found.rows)) == (["id", "name", "column 3"], 1500)
    assert found.rows[0] == ("1", "a", None)
    assert found.rows[-1] == ("1500", "b", "beside it")


def test_merged_cells_among_the_records_are_told(tmp_path: Path, database: Database) -> None:
    merged = '<mergeCells><mergeCell ref="A1:C1"/><mergeCell ref="B2:B3"/></mergeCells>'
    found = read(database, book(tmp_path, PEOPLE[0], (1, "Ann", 30), (2, None, 40), tail=merged))
    assert found.codes == ["merged_cells"]
    assert found.staged.problems[0].place.cell == "People!B2"
    assert found.rows[1] == ("2", None, "40")


def test_hidden_sheets_are_read_only_if_somebody_names_them(tmp_path: Path, database: Database) -> None:
    path = tmp_path / "people.xlsx"
    sheets = {"secret": sheet(rows(*PEOPLE)), "People": sheet(rows(*PEOPLE[:2])), "Empty": sheet("")}
    Book(sheets=sheets, states={"secret": "veryHidden"}).write(path)
    assert read(database, path).staged.reading.entity == "People"
    assert read(database, path, Reading(entity="secret")).staged.records == 2
    listed = list_tables(database, ListTables(path=str(path), reading=Reading())).tables
    assert [(each.name, each.records, each.hidden) for each in listed] == [
        ("secret", 2, True),
        ("People", 1, False),
    ]
    assert listed[1].columns == ("id", "name", "age")


def test_somebody_has_to_say_which_of_several_sheets(tmp_path: Path, database: Database) -> None:
    path = tmp_path / "people.xlsx"
    sheets = {"People": sheet(rows(*PEOPLE)), "Old ones": sheet(rows(*PEOPLE)), "hidden": sheet(rows(*PEOPLE))}
    Book(sheets=sheets, states={"hidden": "hidden"}).write(path)
    error = refusal(database, path)
    assert error is not None
    assert (error.code, error.remedy) == ("several_sheets", "Name the one to read: --sheet NAME.")
    assert "People, Old ones. Hidden: hidden." in error.message
    assert read(database, path, Reading(entity="Old ones")).staged.records == 2
    unknown = refusal(database, path, Reading(entity="people"))
    assert unknown is not None
    assert (unknown.code, "Did you mean 'People'?" in unknown.remedy) == ("unknown_sheet", True)


def test_a_finding_is_in_a_cell(tmp_path: Path, database: Database) -> None:
    lines = (("About people",), (), (None, "id", "name"), (None, 1, "a"), (), (None, 2, "b"))
    path = Book(sheets={"Bob's list": sheet(rows(*lines))}).write(tmp_path / "people.xlsx")
    found = read(database, path)
    places = cells(path, found.staged.reading, [(2, "name"), (2, None), (1, "id"), (9, None)])
    assert {cell: (place.line, place.cell) for cell, place in places.items()} == {
        (1, "id"): (4, "'Bob''s list'!B4"),
        (2, "name"): (6, "'Bob''s list'!C6"),
        (2, None): (6, "'Bob''s list'!6:6"),
    }


def test_a_text_may_mean_null(tmp_path: Path, database: Database) -> None:
    found = read(database, book(tmp_path, ("id", "name", "x"), (1, "NULL", 2), (2, "null", 3)), Reading(null="NULL"))
    assert found.rows == [("1", None, "2"), ("2", "null", "3")]


def test_a_sheet_without_rows_says_so(tmp_path: Path, database: Database) -> None:
    found = read(database, Book(sheets={"Sheet1": sheet(""), "Sheet2": sheet("")}).write(tmp_path / "people.xlsx"))
    assert (found.staged.columns, found.staged.records) == ((), 0)


@pytest.mark.parametrize("said", ["A1:XFD1048576", "A1", "B7:B7"])
def test_what_a_sheet_says_of_its_size_is_not_believed(tmp_path: Path, database: Database, said: str) -> None:
    data = sheet(rows(*PEOPLE), head=f'<dimension ref="{said}"/>')
    assert len(read(database, Book(sheets={"People": data}).write(tmp_path / "people.xlsx")).rows) == 2
