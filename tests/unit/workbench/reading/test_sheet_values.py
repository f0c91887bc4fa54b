"""What cells of a workbook become."""

from __future__ import annotations

from pathlib import Path

import pytest

from entrepot.model.drafts import Reading
from entrepot.workbench.reading.sheets.values import number, numbers
from entrepot.workbench.source import Database
from unit.workbench.reading.workbooks import Book, cell, read, read_rows, rows, sheet


def beside(written: str) -> str:
    """A record that begins with the cell, below names."""
    return f'{rows(("a", "b"))}<row r="2">{written.replace("A1", "A2")}{cell("other", "B2")}</row>'


def behind(written: str) -> str:
    """A record that ends with the cell, and so does the sheet."""
    return f'{rows(("a", "b"))}<row r="2">{cell("other", "A2")}{written.replace("A1", "B2")}</row>'


def one(database: Database, folder: Path, written: str, **others: object) -> str | None:
    """The same wherever it stands."""
    values: list[str | None] = []
    for record in (beside, behind):
        Book(sheets={"data": sheet(record(written))}, **others).write(folder / "one.xlsx")  # type: ignore[arg-type]
        found = read(database, folder / "one.xlsx", Reading(header=True))
        assert not found.faulty
        ((first, last),) = found.rows
        assert (last if record is beside else first) == "other"
        values.append(first if record is beside else last)
    assert values[0] == values[1]
    return values[0]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ('<c r="A1"><v>5</v></c>', "5"),
        ('<c r="A1"><v>5.0</v></c>', "5"),
        ('<c r="A1"><v>12.50</v></c>', "12.50"),
        ('<c r="A1"><v>1.1000000000000001</v></c>', "1.1"),
        ('<c r="A1"><v>0.30000000000000004</v></c>', "0.30000000000000004"),
        ('<c r="A1"><v>1E+2</v></c>', "100"),
        ('<c r="A1"><v>1.5E-7</v></c>', "1.5e-07"),
        ('<c r="A1"><v>12345678901234567890</v></c>', "12345678901234567890"),
        ('<c r="A1"><v>1.2345678901234568E+18</v></c>', "1.2345678901234568e+18"),
        ('<c r="A1"><v>-7</v></c>', "-7"),
        ('<c r="A1" t="b"><v>1</v></c>', "true"),
        ('<c r="A1" t="b"><v>0</v></c>', "false"),
        ('<c r="A1" t="str"><f>A2</f><v>made</v></c>', "made"),
        ('<c r="A1" t="str"><f>A2</f><v></v></c>', ""),
        ('<c r="A1"><f>1+1</f><v>2</v></c>', "2"),
        ('<c r="A1"><f t="shared" si="0"/><v>2</v></c>', "2"),
        ('<c r="A1" t="inlineStr"><is><t/></is></c>', ""),
        ('<c r="A1" t="inlineStr"><is><t></t></is></c>', ""),
        ('<c r="A1" t="inlineStr"><is><r><t>a</t></r><r><rPr/><t> b</t></r></is></c>', "a b"),
        ('<c r="A1" t="inlineStr"><is><t>a</t><rPh><t>read so</t></rPh></is></c>', "a"),
        ('<c r="A1" t="inlineStr"><is><t xml:space="preserve"> a &amp; b&#10;c </t></is></c>', " a & b\nc "),
        ('<c r="A1" t="inlineStr"><is><t>a_x000D_b_x005F_x0041_</t></is></c>', "a\rb_x0041_"),
        ('<c r="A1" t="inlineStr"><is><t><![CDATA[a<b]]></t></is></c>', "a<b"),
        ('<c r="A1" t="inlineStr"><is><t>a<!-- no -->b</t></is></c>', "ab"),
        ('<c r="A1" t="s"><v>0</v></c>', "first"),
        ('<c r="A1" t="s"><v>1</v></c>', "rich text"),
        ('<c r="A1" t="s"><v>2</v></c>', ""),
        ('<c r="A1"/>', None),
        ('<c r="A1" s="1"></c>', None),
        ('<c r="A1"><v></v></c>', None),
        ("", None),
    ],
)
def test_a_cell_is_the_text_of_its_value(tmp_path: Path, database: Database, written: str, value: str | None) -> None:
    shared = "<si><t>first</t></si><si><r><t>rich</t></r><r><t> text</t></r></si><si><t/></si>"
    assert one(database, tmp_path, written, shared=shared) == value


@pytest.mark.parametrize(
    ("style", "number", "value"),
    [
        (0, "45000", "45000"),
        (5, "45000", "45000"),
        (6, "3", "3"),
        (1, "45000", "2023-03-15"),
        (1, "45000.5", "2023-03-15 12:00:00"),
        (2, "45000", "2023-03-15"),
        (2, "45000.4236342593", "2023-03-15 10:10:02"),
        (2, "45000.42363425926", "2023-03-15 10:10:02"),
        (2, "45000.423634837963", "2023-03-15 10:10:02.05"),
        (2, "45000.42363568840", "2023-03-15 10:10:02.123478"),
        (1, "1", "1900-01-01"),
        (1, "59", "1900-02-28"),
        (1, "60", "1900-02-29"),
        (1, "61", "1900-03-01"),
        (1, "2958465", "9999-12-31"),
        (1, "2958466", "2958466"),
        (1, "-1", "-1"),
        (2, "0.5", "12:00:00"),
        (3, "0.5", "12:00:00"),
        (3, "45000.5", "2023-03-15 12:00:00"),
        (4, "1.5", "36:00:00"),
        (4, "0.25", "06:00:00"),
    ],
)
def test_a_number_is_a_moment_where_its_format_says_so(
    tmp_path: Path, database: Database, style: int, number: str, value: str
) -> None:
    assert one(database, tmp_path, f'<c r="A1" s="{style}"><v>{number}</v></c>') == value


@pytest.mark.parametrize(("number", "value"), [("0", "1904-01-01"), ("43538", "2023-03-15"), ("0.5", "12:00:00")])
def test_days_count_from_1904_where_the_workbook_says_so(
    tmp_path: Path, database: Database, number: str, value: str
) -> None:
    assert one(database, tmp_path, f'<c r="A1" s="1"><v>{number}</v></c>', is_1904=True) == value


def test_an_iso_moment_loses_its_letter(tmp_path: Path, database: Database) -> None:
    assert one(database, tmp_path, '<c r="A1" t="d"><v>2024-01-02T10:00:00.5</v></c>') == "2024-01-02 10:00:00.5"


@pytest.mark.parametrize(
    ("written", "fault"),
    [
        ('<c r="A1" t="e"><v>#N/A</v></c>', ("error_value", "#N/A")),
        ('<c r="A1" t="e"><f>1/0</f><v>#DIV/0!</v></c>', ("error_value", "#DIV/0!")),
        ('<c r="A1"><f>B1*2</f></c>', ("no_cached_value", "=B1*2")),
        ('<c r="A1"><f>B1*2</f><v></v></c>', ("no_cached_value", "=B1*2")),
        ('<c r="A1"><f>B1*2</f><v/></c>', ("no_cached_value", "=B1*2")),
        ('<c r="A1" t="str"><f>B1&amp;"x"</f></c>', ("no_cached_value", '=B1&"x"')),
        ('<c r="A1" t="inlineStr"><is><t>a_x0000_b</t></is></c>', ("nul_character", "a\\x00b")),
        ('<c r="A1" t="s"><v>0</v></c>', ("nul_character", "_\\x00_")),
    ],
)
def test_a_cell_without_a_value_is_told_and_never_empty(
    tmp_path: Path, database: Database, written: str, fault: tuple[str, str]
) -> None:
    for at, record in enumerate((beside, behind)):
        Book(sheets={"data": sheet(record(written))}, shared="<si><t>__x0000__</t></si>").write(tmp_path / "one.xlsx")
        found = read(database, tmp_path / "one.xlsx", Reading(header=True))
        assert found.faulty == [(1, at, *fault)]
        assert found.rows == [("other", fault[1]) if at else (fault[1], "other")]


def test_both_ways_of_reading_rows_agree(tmp_path: Path, database: Database) -> None:
    """The careful one is taken where there is a comment."""
    data = rows(("id", "name", "at"), (1, "a & b", None), (2, None, 1.25), (None, "x", True), (3, "", 1e300), (4,))
    plain = read_rows(database, tmp_path / "a.xlsx", data)
    with_care = read_rows(database, tmp_path / "b.xlsx", f"<!-- as it is -->{data}")
    prefixed = (
        sheet(data).replace("<", "<x:").replace("<x:/", "</x:").replace("<x:?", "<?").replace("xmlns=", "xmlns:x=")
    )
    Book(sheets={"data": prefixed}).write(tmp_path / "c.xlsx")
    other_names = read(database, tmp_path / "c.xlsx", Reading(header=False))
    assert plain.rows == with_care.rows == other_names.rows
    assert plain.rows[1:4] == [("1", "a & b", None), ("2", None, "1.25"), (None, "x", "true")]


def test_utf_16_is_read_as_well(tmp_path: Path, database: Database) -> None:
    text = sheet(rows(("größe",), ("ä",))).replace('encoding="UTF-8"', 'encoding="UTF-16"')
    book = Book(sheets={"data": ""}, others={"xl/worksheets/sheet1.xml": text.encode("utf-16")})
    found = read(database, book.write(tmp_path / "b.xlsx"), Reading(header=False))
    assert found.rows == [("größe",), ("ä",)]


@pytest.mark.parametrize("odd", ["12.50", "1E+2", "-.5", "x"])
def test_many_numbers_in_front_of_one_that_is_written_otherwise_are_read_once(odd: str) -> None:
    """In every way that each could be taken apart, they would not come to their end."""
    plain = [f"{at}.{at}7" for at in range(1, 2000)]
    assert numbers([*plain, odd]) == [*plain, number(odd)]
