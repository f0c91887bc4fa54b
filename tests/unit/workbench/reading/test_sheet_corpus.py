"""The workbooks of calamine's own tests, 132 files in which somebody once found something odd. Every one is read, or
refused with the code below; and of all cells in XML, that reader and ours say the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec
import pytest
from python_calamine import CalamineWorkbook

from entrepot.model.drafts import Reading
from entrepot.model.errors import EntrepotError
from entrepot.workbench.reading.sheets import foreign
from entrepot.workbench.reading.sheets.other_book import TOLD, Other, Told
from entrepot.workbench.reading.sheets.workbook import open_workbook
from entrepot.workbench.source import Database
from unit.workbench.reading.workbooks import read

CORPUS = Path(__file__).resolve().parents[4].parent / "shared" / "corpora" / "xlsx"
REFUSED = {
    "OOM_alloc3.xls": "damaged_workbook",
    "issue252.xlsx": "zip_local_differs",
    "issue_385.xls": "encrypted_workbook",
    "issue_594_dos.ods": "damaged_workbook",
    "pass_protected.ods": "encrypted_workbook",
    "pass_protected.xlsb": "encrypted_workbook",
    "pass_protected.xlsx": "encrypted_workbook",
    **dict.fromkeys(
        (
            "column_row_ranges.xlsx",
            "gh548_incorrect_sst_unique_count.xls",
            "issues.ods",
            "issues.xls",
            "issues.xlsb",
            "issues.xlsx",
            "merged_range.xls",
            "merged_range.xlsx",
            "number_rows_repeated.ods",
            "optional_records.xls",
            "pivots.xlsx",
            "richtext_issue.ods",
            "shared_formula_reversed.xlsx",
            "string-ref.xlsx",
            "table-multiple.xlsx",
            "temperature-table.xlsx",
            "whitespace_trim.xlsx",
            "xls_cross_sheet_chart.xls",
            "xls_ref_String.xls",
        ),
        "several_sheets",
    ),
}
NO_RECORDS = frozenset(
    {
        "capitalized_wbook_stream.xls",
        "empty_sheet.xlsx",
        "issue127.ods",
        "issue127.xls",
        "issue127.xlsb",
        "issue127.xlsx",
        "issue281.xlsm",
        "issue343.xls",
        "issue_666_lost_sheets.xlsb",
        "issue_666_panic.xlsb",
        "misc_biff5_parsing.xls",
        "picture.ods",
        "picture.xls",
        "picture.xlsb",
        "picture.xlsx",
        "vba.xlsm",
    }
)
"""Without a cell that has a value: an import of them is refused as that."""
TRIMMED = frozenset({"encoded_entities.xlsx", "issue_174.xlsx", "minimal_package.xlsx", "whitespace_trim.xlsx"})
"""There the other reader leaves out blanks around texts, which ours keeps."""
OTHER_FORMS = {".xls", ".xlsb", ".ods"}
Cells = dict[tuple[str, int, int], str]


def files() -> list[Path]:
    return sorted(CORPUS.iterdir()) if CORPUS.is_dir() else []


def without_a_process(self: Other, *sheet: str) -> Iterator[Told]:
    """A process for each of so many files takes its time; that it is one is shown elsewhere."""
    try:
        yield from (TOLD.decode(msgspec.json.encode(told)) for told in foreign.said(str(self.path), *sheet))
    except Exception as error:  # as the process says it
        raise self.failed(type(error).__name__, str(error)) from error


def test_every_workbook_of_others_is_read_or_refused_for_a_reason(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not files():
        pytest.skip("data of others, which is not beside this folder (shared/corpora)")
    monkeypatch.setattr(Other, "lines", without_a_process)
    refused: dict[str, str] = {}
    empty: set[str] = set()
    for path in files():
        try:
            found = read(database, path, Reading())
        except EntrepotError as error:
            refused[path.name] = error.code
            assert error.remedy
        else:
            if not found.staged.columns:
                empty.add(path.name)
    assert refused == REFUSED
    assert empty == NO_RECORDS


@pytest.mark.parametrize("name", ["any_sheets.xls", "issue_182.xlsb", "issue_385.xls"])
def test_other_kinds_are_read_by_a_process_of_its_own(database: Database, name: str) -> None:
    if not CORPUS.is_dir():
        pytest.skip("data of others, which is not beside this folder (shared/corpora)")
    if name in REFUSED:
        with pytest.raises(EntrepotError, match="protected by a password"):
            read(database, CORPUS / name)
    else:
        assert "errors_unseen" not in read(database, CORPUS / name).codes


def test_another_reader_finds_the_same_in_every_cell() -> None:
    if not files():
        pytest.skip("data of others, which is not beside this folder (shared/corpora)")
    for path in files():
        if path.suffix in OTHER_FORMS or REFUSED.get(path.name, "several_sheets") != "several_sheets":
            continue
        mine, other = ours(path), theirs(path)
        if path.name in TRIMMED:
            assert mine != other
            mine, other = without_blanks(mine), without_blanks(other)
        assert mine == other, path.name


def ours(path: Path) -> Cells:
    workbook = open_workbook(path, "xlsx", 200_000_000, 1 << 25)
    found: Cells = {}
    for sheet in (sheet for table in workbook.tables for sheet in table.sheets):
        for rows in workbook.rows(sheet):
            wrong = {(row, at) for row, at, *_ in rows.faults}
            for at, column in enumerate(rows.columns):
                for number, value in zip(rows.numbers, column, strict=True):
                    if value and (number, at) not in wrong:
                        found[sheet.name, number, at] = value
    return found


def theirs(path: Path) -> Cells:
    """Cells with an error are empty there."""
    found: Cells = {}
    with CalamineWorkbook.from_path(path) as workbook:
        for listed in foreign.sheets_of(workbook):
            name = str(listed["name"])
            for told in foreign.rows_of(workbook.get_sheet_by_name(name)):
                found |= dict(filled(name, TOLD.decode(msgspec.json.encode(told))))
    return found


def filled(sheet: str, told: Told) -> Iterator[tuple[tuple[str, int, int], str]]:
    for number, row in enumerate(told.rows, start=told.first):
        yield from (((sheet, number, at), value) for at, value in enumerate(row) if value)


def without_blanks(cells: Mapping[tuple[str, int, int], str]) -> Cells:
    return {place: value.strip() for place, value in cells.items() if value.strip()}
