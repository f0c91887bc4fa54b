"""What the cells of an OpenDocument spreadsheet are read as."""

from __future__ import annotations

from pathlib import Path

import pytest

from entrepot.model.drafts import Reading
from entrepot.workbench.source import Database
from unit.workbench.reading.other_kinds import (
    ods_row,
    ods_sheet,
    ods_text,
    ods_value,
    write_ods,
    zipped,
)
from unit.workbench.reading.workbooks import Read, read, refusal

FORMULA = 'table:formula="of:=A1"'


def read_cells(database: Database, tmp_path: Path, *cells: str) -> Read:
    """One to a row, with a number beside it."""
    rows = [f"{cell}{ods_value('float', str(number))}" for number, cell in enumerate(cells)]
    return read(database, write_ods(tmp_path / "a.ods", ods_sheet(*rows)), Reading(header=False))


VALUES = {
    ods_text("Zoë &amp; &lt;b&gt;"): "Zoë & <b>",
    ods_text(""): "",
    ods_value("string", "whole", "cut"): "whole",
    ods_text("a<text:tab/>b<text:line-break/>c"): "a\tb\nc",
    ods_text('a <text:s text:c="2"/>b<text:s/>'): "a   b ",
    ods_text("a</text:p><text:p/><text:p>b"): "a\n\nb",
    ods_text("\n  one\n  <text:span>two </text:span> three"): "one two three",
    ods_text(
        "<text:ruby><text:ruby-base>漢</text:ruby-base><text:ruby-text>かん</text:ruby-text></text:ruby>字"
    ): "漢字",
    ods_text("a<text:note>b</text:note>c"): "ac",
    '<table:table-cell office:value-type="string"><office:annotation><text:p>n</text:p></office:annotation>'
    "<text:p>a</text:p></table:table-cell>": "a",
    ods_value("float", "1.10", "1,1"): "1.10",
    ods_value("float", "1.1000000000000001"): "1.1",
    ods_value("float", "0", "#0"): "0",
    ods_value("percentage", "0.5", "50%"): "0.5",
    ods_value("currency", "-3", "-3 €"): "-3",
    ods_value("boolean", "true", "WAHR"): "true",
    ods_value("date", "2024-01-31", "31.1.24"): "2024-01-31",
    ods_value("date", "2024-01-31T10:30:00.500000000"): "2024-01-31 10:30:00.5",
    ods_value("date", "2024-01-31T00:00:00"): "2024-01-31",
    ods_value("time", "PT10H30M00S", "10:30"): "10:30:00",
    ods_value("time", "PT36H00M00.25S"): "36:00:00.25",
    "<table:table-cell><text:p>a</text:p></table:table-cell>": "a",
    "<table:covered-table-cell/>": None,
    '<table:table-cell office:value-type="void"/>': None,
    ods_value("string", "", more=FORMULA): "",
    ods_value("string", "#FF", "#FF", more=FORMULA): "#FF",
    ods_text("#N/A"): "#N/A",
}


def test_a_cell_is_its_value_whatever_is_shown_of_it(database: Database, tmp_path: Path) -> None:
    found = read_cells(database, tmp_path, *VALUES)
    assert dict(zip(VALUES, (row[0] for row in found.rows), strict=True)) == VALUES
    assert found.faulty == []
    assert "errors_unseen" not in found.codes


WRONG = {
    ods_value("string", "", "#N/A", f'{FORMULA} calcext:value-type="error"'): ("error_value", "#N/A"),
    ods_value("float", "0", "#DIV/0!", FORMULA): ("error_value", "#DIV/0!"),
    ods_value("float", "0", "#NV", FORMULA): ("error_value", "#NV"),
    ods_value("float", "0", "Err:502", FORMULA): ("error_value", "Err:502"),
    ods_value("error", "", "#REF!", FORMULA): ("error_value", "#REF!"),
    f'<table:table-cell {FORMULA} office:value-type="string"><text:p>#WERT!</text:p></table:table-cell>': (
        "error_value",
        "#WERT!",
    ),
    f"<table:table-cell {FORMULA}><text:p>#NAME?</text:p></table:table-cell>": ("error_value", "#NAME?"),
    f"<table:table-cell {FORMULA}/>": ("no_cached_value", None),
    f'<table:table-cell {FORMULA} office:value-type="float"/>': ("no_cached_value", None),
}
"""The last ones were written without calculating."""


def test_a_cell_with_an_error_is_never_a_value(database: Database, tmp_path: Path) -> None:
    found = read_cells(database, tmp_path, *WRONG)
    told = {record: (code, shown) for record, _, code, shown in found.faulty}
    assert told == dict(enumerate(WRONG.values(), start=1))


def test_rows_and_cells_that_come_often_are_all_there(database: Database, tmp_path: Path) -> None:
    twice = '<table:table-cell table:number-columns-repeated="2" office:value-type="string"><text:p>x</text:p>'
    gap = '<table:table-cell table:number-columns-repeated="3"/>'
    end = '<table:table-cell table:number-columns-repeated="16300"/>'
    rows = [
        ods_row("<table:table-cell/>", 300),
        ods_row(f"{ods_text('a')}{gap}{twice}</table:table-cell>{end}", 2500),
        ods_row("<table:table-cell/>", 900),
        ods_row(f"{ods_text('b')}{end}"),
        ods_row("<table:table-cell/>", 1_044_875),
    ]
    found = read(database, write_ods(tmp_path / "a.ods", ods_sheet(*rows)), Reading(header=False))
    assert found.rows == [*[("a", "x", "x")] * 2500, ("b", None, None)]
    assert [problem.message for problem in found.staged.problems if problem.code == "blank_lines"] == [
        "900 blank rows were left out; they count as rows of the sheet, not as records."
    ]


def test_hidden_sheets_and_rows_in_groups_are_known(database: Database, tmp_path: Path) -> None:
    styles = '<style:style style:name="ta2" style:family="table"><style:table-properties table:display="false"/>'
    grouped = f"<table:table-row-group>{ods_row(ods_text('a'))}</table:table-row-group>{ods_row(ods_text('b'))}"
    shapes = f"<table:shapes><drawing:frame>{ods_sheet('', name='inner')}</drawing:frame></table:shapes>"
    sheets = [
        ods_sheet(ods_text("h"), ods_text("i"), name="hidden", style="ta2"),
        f'<table:table table:name="shown">{shapes}{grouped}</table:table>',
    ]
    path = write_ods(tmp_path / "a.ods", *sheets, styles=f"{styles}</style:style>")
    assert read(database, path, Reading(header=False)).rows == [("a",), ("b",)]
    assert read(database, path, Reading(header=False, entity="hidden")).rows == [("h",), ("i",)]


REFUSED = {
    "beyond the last column": ods_sheet(
        '<table:table-cell table:number-columns-repeated="999999999" office:value-type="string"/>'
    ),
    "beyond the last row": ods_sheet(ods_row(ods_text("a"), 1_048_577)),
    "until there are millions of cells": ods_sheet(
        ods_row('<table:table-cell table:number-columns-repeated="100" office:value-type="string"/>', 1_000_000)
    ),
    "comes? '1e9' times": ods_sheet(ods_row('<table:table-cell table:number-columns-repeated="1e9"/>')),
    "is no XML": "<table:table>",
}


@pytest.mark.parametrize("words", REFUSED)
def test_what_asks_for_more_than_a_sheet_can_have_is_refused(database: Database, tmp_path: Path, words: str) -> None:
    error = refusal(database, write_ods(tmp_path / "a.ods", REFUSED[words]))
    assert error is not None
    assert error.code == "damaged_workbook"
    assert words.replace("comes?", "come") in error.message


def test_a_document_type_is_refused(database: Database, tmp_path: Path) -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]>'
    error = refusal(database, write_ods(tmp_path / "a.ods", ods_sheet(ods_text("a")), before=bomb))
    assert error is not None
    assert "declares a document type" in error.message


def test_a_locked_document_is_called_that(database: Database, tmp_path: Path) -> None:
    parts = {
        "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
        "content.xml": b"\x01\x02",
        "META-INF/manifest.xml": b"<manifest:encryption-data/>",
    }
    error = refusal(database, zipped(tmp_path / "a.ods", parts))
    assert error is not None
    assert error.code == "encrypted_workbook"
