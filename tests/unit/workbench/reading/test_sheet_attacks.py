"""Workbooks that no program writes: each is one clear refusal, and none is believed."""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path

import pytest

from entrepot.model.drafts import Reading
from entrepot.workbench.reading.sheets import container, pieces
from entrepot.workbench.reading.sheets.other_book import Other
from entrepot.workbench.source import Database
from unit.workbench.reading.workbooks import Book, cell, read, refusal, rows, sheet

PEOPLE = rows(("id", "name"), (1, "Ann"), (2, "Bob"))
LAUGHS = (
    '<!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY x SYSTEM "file:///etc/passwd">]>'
)
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def declared(part: str) -> dict[str, str | bytes]:
    """That part, with a document type."""
    book = Book(sheets={"data": sheet(PEOPLE)}, shared="<si><t>&x;</t></si>")
    return {part: str(book.parts()[part]).replace(HEAD, HEAD + LAUGHS)}


@pytest.mark.parametrize(
    "part",
    [
        "xl/worksheets/sheet1.xml",
        "xl/sharedStrings.xml",
        "xl/workbook.xml",
        "xl/styles.xml",
        "_rels/.rels",
        "xl/_rels/workbook.xml.rels",
    ],
)
def test_no_part_declares_anything(tmp_path: Path, database: Database, part: str) -> None:
    book = Book(sheets={"data": sheet(PEOPLE)}, shared="<si><t>a</t></si>", others=declared(part))
    error = refusal(database, book.write(tmp_path / "a.xlsx"))
    assert error is not None
    assert (error.code, "document type" in error.message) == ("damaged_workbook", True)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ('<row r="999999999"><c r="A999999999"><v>1</v></c></row>', "row 999,999,999 is beyond the last row"),
        ('<row r="1048577"><c r="A1048577"><v>1</v></c></row>', "row 1,048,577 is beyond the last row"),
        ('<row r="1"><c r="XFE1"><v>1</v></c></row>', "XFE1 is beyond the last column"),
        ('<row r="2"><c><v>1</v></c></row><row r="1"><c><v>1</v></c></row>', "row 1 stands behind row 2"),
        ('<row r="1"><c><v>1</v></c></row><row r="1"><c><v>1</v></c></row>', "row 1 stands behind row 1"),
        ('<row r="1"><c r="B1"><v>1</v></c><c r="A1"><v>1</v></c></row>', "the cell A1 stands in row 1, column 3"),
        ('<row r="1"><c r="A1"><v>1</v></c><c r="A1"><v>1</v></c></row>', "the cell A1 stands in row 1, column 2"),
        ('<row r="1"><c r="A2"><v>1</v></c></row>', "the cell A2 stands in row 1"),
        ('<row r="1"><c r="?1"><v>1</v></c></row>', "a cell in row 1 has the address '?1'"),
        ('<row r="1"><c r="A1" t="s"><v>7</v></c></row>', "the cell A1 names the shared text 7, of 1"),
        ('<row r="1"><c r="A1" t="s"><v>-1</v></c></row>', "the cell A1 names the shared text -1, of 1"),
        ('<row r="1"><c r="A1" t="b"><v>2</v></c></row>', "the cell A1 holds '2', which is neither true nor false"),
        ('<row r="1"><c r="A1" t="zz"><v>2</v></c></row>', "the cell A1 has the type 'zz', which no cell has"),
        ('<row r="1"><c r="A1"><v>1</c></row>', "is no XML"),
        ('<row r="1"><c r="A1"><v>&nbsp;</v></c></row>', "is no XML"),
        ('<row r="1"><c r="A1"><v>1</v></c>', "is no XML"),
        ("<row>" * 70, "is no XML (too deep)"),
    ],
)
def test_rows_and_cells_that_cannot_be_are_refused_with_their_place(
    tmp_path: Path, database: Database, data: str, words: str
) -> None:
    path = Book(sheets={"data": sheet(data)}, shared="<si><t>a</t></si>").write(tmp_path / "a.xlsx")
    error = refusal(database, path, Reading(header=False))
    assert error is not None
    assert (error.code, words in error.message) == ("damaged_workbook", True), error.message
    assert error.remedy


@pytest.mark.parametrize("cut", [10, 60, 200])
def test_a_sheet_that_breaks_off_is_refused(tmp_path: Path, database: Database, cut: int) -> None:
    path = Book(sheets={"data": sheet(PEOPLE)[:-cut]}).write(tmp_path / "a.xlsx")
    error = refusal(database, path)
    assert error is not None
    assert error.code == "damaged_workbook"


def test_a_byte_that_changed_is_found(tmp_path: Path, database: Database) -> None:
    path = Book(sheets={"data": sheet(PEOPLE)}).write(tmp_path / "a.xlsx")
    with zipfile.ZipFile(path) as archive:
        info = archive.getinfo("xl/worksheets/sheet1.xml")
    data = bytearray(path.read_bytes())
    for at in (info.header_offset + 14, data.index(b"PK\1\2", info.header_offset) + 16):
        struct.pack_into("<I", data, at, info.CRC ^ 1)
    path.write_bytes(data)
    error = refusal(database, path)
    assert error is not None
    assert error.code in ("zip_checksum", "zip_local_differs")


def test_two_members_of_one_name_are_refused(tmp_path: Path, database: Database) -> None:
    path = Book(sheets={"data": sheet(PEOPLE)}).write(tmp_path / "a.xlsx")
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr(zipfile.ZipInfo("xl/worksheets/sheet1.xml"), sheet(""))
    error = refusal(database, path)
    assert error is not None
    assert error.code == "zip_duplicate_name"


def test_names_of_parts_may_have_backslashes(tmp_path: Path, database: Database) -> None:
    """Some programs write them; they are never paths."""
    parts = Book(sheets={"data": sheet(PEOPLE)}).parts()
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as archive:
        for name, data in parts.items():
            archive.writestr(zipfile.ZipInfo(name.replace("/", "\\")), data)
    assert len(read(database, tmp_path / "a.xlsx").rows) == 2


def test_what_unpacks_to_more_than_anybody_needs_is_refused(tmp_path: Path, database: Database) -> None:
    bomb = sheet(PEOPLE) + " " * 30_000_000
    error = refusal(database, Book(sheets={"data": bomb}).write(tmp_path / "a.xlsx"))
    assert error is None or error.code in ("zip_ratio", "workbook_too_large", "damaged_workbook")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(container, "MOST_BYTES", 1_000_000)
        error = refusal(database, tmp_path / "a.xlsx")
    assert error is not None
    assert error.code == "workbook_too_large"


def test_a_row_is_no_longer_than_the_memory_has_room_for(tmp_path: Path, database: Database) -> None:
    long = f'<row r="1">{cell("x" * 30_000_000, "A1")}</row>'
    for data in (long, f"<!-- -->{long}"):
        error = refusal(database, Book(sheets={"data": sheet(data)}).write(tmp_path / "a.xlsx"))
        assert error is not None
        assert error.code in ("row_too_long", "damaged_workbook")


def test_more_shared_texts_than_there_is_memory_for_are_refused(tmp_path: Path, database: Database) -> None:
    texts = "<si><t>a</t></si>" * 300_000
    path = Book(sheets={"data": sheet(PEOPLE)}, shared=texts).write(tmp_path / "a.xlsx")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("entrepot.workbench.reading.sheets.shared_texts.BYTES_PER_TEXT", 1000)
        error = refusal(database, path)
    assert error is not None
    assert error.code == "workbook_too_large"


def test_cells_of_many_columns_are_refused_before_they_are_tables(tmp_path: Path, database: Database) -> None:
    path = Book(sheets={"data": sheet('<row r="1"><c r="XFD1"><v>1</v></c></row>')}).write(tmp_path / "a.xlsx")
    error = refusal(database, path, Reading(header=False))
    assert error is not None
    assert error.code == "too_many_columns"


def test_macros_are_told_and_not_run(tmp_path: Path, database: Database) -> None:
    book = Book(sheets={"data": sheet(PEOPLE)}, others={"xl/vbaProject.bin": b"\0"})
    relations = str(book.parts()["xl/_rels/workbook.xml.rels"])
    macro = '<Relationship Id="rIdM" Type="http://schemas.microsoft.com/office/2006/relationships/vbaProject"'
    book.others["xl/_rels/workbook.xml.rels"] = relations.replace(
        "</Relationships>", f'{macro} Target="vbaProject.bin"/></Relationships>'
    )
    assert read(database, book.write(tmp_path / "a.xlsm")).codes == ["macros"]


def test_a_sheet_of_which_nothing_is_there_does_not_cost_the_others(tmp_path: Path, database: Database) -> None:
    book = Book(sheets={"data": sheet(PEOPLE), "chart": sheet("")})
    relations = str(book.parts()["xl/_rels/workbook.xml.rels"])
    book.others["xl/_rels/workbook.xml.rels"] = relations.replace(
        'relationships/worksheet" Target="worksheets/sheet2', 'relationships/chartsheet" Target="chartsheets/sheet2'
    )
    assert read(database, book.write(tmp_path / "a.xlsx")).staged.reading.entity == "data"


def test_a_tail_of_any_length_is_read_to_its_end(tmp_path: Path, database: Database) -> None:
    rules = "<conditionalFormatting/>" * (pieces.LONGEST_EDGE // 12)
    found = read(database, Book(sheets={"data": sheet(PEOPLE, tail=rules)}).write(tmp_path / "a.xlsx"))
    assert len(found.rows) == 2


@pytest.mark.parametrize("data", [b"", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + b"W\0o\0r\0k\0"])
def test_what_breaks_another_reader_is_one_refusal(tmp_path: Path, database: Database, data: bytes) -> None:
    (tmp_path / "a.xls").write_bytes(data)
    error = refusal(database, tmp_path / "a.xls", Reading(format="xls"))
    assert error is not None
    assert error.code in ("damaged_workbook", "unreadable_workbook")


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("PanicException", "unreadable_workbook"),
        ("PasswordError", "encrypted_workbook"),
        ("MemoryError", "workbook_too_large"),
        ("ZipError", "damaged_workbook"),
    ],
)
def test_every_end_of_another_reader_has_a_reason(tmp_path: Path, kind: str, code: str) -> None:
    error = Other(path=tmp_path / "a.xls", memory_bytes=1).failed(kind, "as it says")
    assert (error.code, bool(error.remedy)) == (code, True)


def test_what_is_read_row_by_row_is_not_sent_to_another_format_for_that(tmp_path: Path) -> None:
    remedies = [
        Other(path=tmp_path / f"a.{form}", memory_bytes=1, needs_library=form != "ods").too_large().remedy
        for form in ("xls", "ods")
    ]
    assert ["xlsx" in remedy for remedy in remedies] == [True, False]


def test_a_reader_that_needs_too_much_memory_is_ended(tmp_path: Path) -> None:
    """The process of its own may have hardly any: it ends, and nothing else does."""
    (tmp_path / "a.xls").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1000))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("entrepot.workbench.reading.sheets.other_book.EXTRA_BYTES", 2_000_000)
        with pytest.raises(Exception) as caught:  # noqa: PT011 - each is one of ours
            Other(path=tmp_path / "a.xls", memory_bytes=1).sheets()
    assert getattr(caught.value, "code", "") in ("workbook_too_large", "unreadable_workbook", "damaged_workbook")
