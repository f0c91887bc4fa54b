"""Counting a workbook: strict about bytes, sheets and declared rows."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from contract.formats.memory_outlet import document_of, run
from contract.formats.memory_source import MemorySource
from contract.formats.samples import shop, texts
from entrepot.formats.xlsx import FORMAT
from entrepot.model.errors import DamagedError

CORPUS = Path(__file__).resolve().parents[3].parent / "shared" / "corpora" / "xlsx"


def count(path: Path) -> dict[str, int]:
    assert FORMAT.count is not None
    return dict(FORMAT.count(path))


@pytest.fixture
def book(tmp_path: Path) -> Path:
    pairs = list(shop())
    source = MemorySource(rows={query.entity.name: rows for query, rows in pairs})
    (path,) = run(FORMAT, document_of([query for query, _ in pairs]), source).save(tmp_path)
    return path


def changed(path: Path, part: str, change: Callable[[bytes], bytes | None]) -> Path:
    """The same workbook with one part changed, or left out."""
    target = path.with_name("changed.xlsx")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            data = change(old.read(name)) if name == part else old.read(name)
            if data is not None:
                new.writestr(name, data)
    return target


def test_sheets_of_ours_are_counted_and_the_about_sheet_is_not(book: Path) -> None:
    assert count(book) == {"customers": 2, "purchaseOrders": 1}


def test_a_row_that_went_missing_is_found(book: Path) -> None:
    end = b"</sheetData></worksheet>"
    broken = changed(book, "xl/worksheets/sheet1.xml", lambda data: data[: data.rindex(b"<row>")] + end)
    with pytest.raises(DamagedError, match="'customers' has 1 rows, but 2 were written"):
        count(broken)


def test_a_sheet_that_breaks_off_is_found(book: Path) -> None:
    broken = changed(book, "xl/worksheets/sheet1.xml", lambda data: data[:-200])
    with pytest.raises(DamagedError, match="breaks off"):
        count(broken)


@pytest.mark.parametrize("part", ["xl/worksheets/sheet2.xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"])
def test_a_part_that_is_gone_is_found(book: Path, part: str) -> None:
    with pytest.raises(DamagedError):
        count(changed(book, part, lambda _data: None))


def test_a_document_type_is_refused(book: Path) -> None:
    bomb = b'<!DOCTYPE a [<!ENTITY b "b">]>'
    broken = changed(book, "xl/workbook.xml", lambda data: data.replace(b"?>", b"?>" + bomb, 1))
    with pytest.raises(DamagedError, match="not what a workbook has"):
        count(broken)


def test_no_byte_can_change_unseen(book: Path) -> None:
    data = book.read_bytes()
    right = count(book)
    for place in range(0, len(data), 37):
        book.write_bytes(data[:place] + bytes([data[place] ^ 0x55]) + data[place + 1 :])
        try:
            assert count(book) == right
        except DamagedError:
            continue


@pytest.mark.parametrize("length", [0, 1, 100, -1, -30])
def test_a_cut_file_is_damaged(book: Path, length: int) -> None:
    book.write_bytes(book.read_bytes()[:length])
    with pytest.raises(DamagedError, match="cannot be read"):
        count(book)


def test_a_workbook_saved_again_by_another_program_is_counted(book: Path) -> None:
    openpyxl.load_workbook(book).save(book)
    assert count(book) == {"customers": 2, "purchaseOrders": 1, "About": 10}


def test_rows_are_counted_across_block_borders(tmp_path: Path) -> None:
    query, rows = texts([f"{n} {'long & text ' * 20}" for n in range(9_000)])
    (path,) = run(FORMAT, document_of([query]), MemorySource(rows={"notes": rows})).save(tmp_path)
    assert count(path) == {"notes": 9_000}


def test_foreign_workbooks_are_counted_by_their_sheets() -> None:
    path = CORPUS / "has_x000D_inline.xlsx"
    if not path.exists():
        pytest.skip("data of others, which is not beside this folder (shared/corpora)")
    assert list(count(path).values()) == [0]
