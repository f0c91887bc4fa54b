"""Workbooks, read back cell by cell with openpyxl and calamine."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import openpyxl
import pytest
from openpyxl.utils.escape import unescape
from openpyxl.workbook import Workbook
from python_calamine import CalamineWorkbook

from contract.formats.memory_outlet import Export, document_of, run
from contract.formats.memory_source import MemorySource, Row
from contract.formats.samples import (
    EVIL_NAMES,
    EVIL_TEXTS,
    entity_of,
    every_kind,
    field_of,
    naughty_strings,
    query_of,
    shop,
    texts,
)
from entrepot.formats.xlsx import FORMAT
from entrepot.model.errors import InputError
from entrepot.model.selection import Query
from entrepot.model.types import Kind

Pairs = Sequence[tuple[Query, list[Row]]]
LONG = 32_767


def export(pairs: Pairs, size: int | None = None, **options: object) -> Export:
    source = MemorySource(rows={query.entity.name: rows for query, rows in pairs}, rows_per_chunk=size)
    return run(FORMAT, document_of([query for query, _ in pairs]), source, FORMAT.options(**options))


def opened(data: bytes) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(data))


def calamine(data: bytes, sheet: str | int = 0) -> list[list[Any]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    found = book.get_sheet_by_name(sheet) if isinstance(sheet, str) else book.get_sheet_by_index(sheet)
    return found.to_python()


def column(kind: Kind, values: Sequence[str | None], **limits: Any) -> tuple[Query, list[Row]]:
    query = query_of(entity_of("things", [field_of("id"), field_of("value", kind, **limits)]))
    return query, [{"id": "x", "value": value} for value in values]


def cells(kind: Kind, values: Sequence[str | None], **limits: Any) -> list[Any]:
    """What openpyxl and calamine both read."""
    data = export([column(kind, values, **limits)]).only
    sheet = opened(data).worksheets[0]
    read = [sheet.cell(row, 2).value for row in range(2, len(values) + 2)]
    other = [row[1] for row in calamine(data)[1:]]
    assert [plain(value) for value in other] == [plain(value) for value in read]
    return read


def plain(value: object) -> object:
    """calamine has floats for all numbers, '' for empty cells, and dates for midnights."""
    if isinstance(value, datetime) and value.time() == datetime.min.time():
        return value.date()
    return None if value == "" else float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def read_texts(data: bytes, sheet: str | int = 0) -> list[str | None]:
    """calamine cannot tell NULL from '', openpyxl can, and openpyxl leaves `_x0001_` undecoded."""
    found = opened(data)[sheet] if isinstance(sheet, str) else opened(data).worksheets[sheet]
    rows = found.iter_rows(min_row=2, min_col=2, max_col=2)
    return [None if cell.value is None else unescape(str(cell.value)) for (cell,) in rows]


def test_every_text_comes_back_exactly() -> None:
    values = [value for value in [*EVIL_TEXTS, "\0", *naughty_strings()] if value]
    data = export([texts(values)]).only
    assert [row[1] for row in calamine(data)[1:]] == values
    assert read_texts(data) == values


def test_characters_that_xml_cannot_hold_come_back_exactly() -> None:
    values = [*map(chr, range(1, 32)), "\0", "\x7f\x85", "a\ufffeb\uffff"]
    assert read_texts(export([texts(values)]).only) == values


def test_text_that_looks_like_an_escape_stays_as_it_is() -> None:
    values = ["_x000D_", "a_x0041_b", "_x005F_", "_xAbCd_x0001_", "file_xml", "_x", "\x01_x0001_", "a\r\nb"]
    data = export([texts(values)]).only
    assert [row[1] for row in calamine(data)[1:]] == values


def test_an_ordinary_x_behind_an_underscore_needs_no_decoding() -> None:
    sheet = opened(export([texts(["max_x", "file_xml"])]).only).worksheets[0]
    assert [sheet["B2"].value, sheet["B3"].value] == ["max_x", "file_xml"]


def test_a_null_is_not_an_empty_text() -> None:
    root = sheet_xml(export([texts([None, ""])]).only)
    null, empty = root.findall(".//{*}row")[1:]
    assert null[1].find("{*}is") is None
    assert empty[1].find("{*}is") is not None


def test_leading_zeros_and_formulas_stay_text() -> None:
    values = ["00123", "=1+1", "+1", "1e5", "2024-01-02", "TRUE", "https://example.org", "@x"]
    assert cells(Kind.TEXT, values) == values
    sheet = opened(export([texts(values)]).only).worksheets[0]
    assert {sheet.cell(row, 2).data_type for row in range(2, len(values) + 2)} <= {"s", "inlineStr"}
    assert all(sheet.cell(row, 2).quotePrefix for row in range(2, len(values) + 2))


def test_integers_are_numbers_as_long_as_a_cell_holds_them_exactly() -> None:
    values = ["0", "-42", "123456789012345", "1234567890123456", "9223372036854775807", "-12345678901234567890"]
    assert cells(Kind.INTEGER, values) == [0, -42, 123456789012345, *values[3:]]


def test_decimals_are_numbers_with_their_scale_as_long_as_a_cell_holds_them_exactly() -> None:
    values = ["12.50", "0.00", "-99999999999.99", "1234567890123.45", "NaN", "Infinity"]
    assert cells(Kind.DECIMAL, values, precision=15, scale=2) == [12.5, 0, -99999999999.99, *values[3:]]
    sheet = opened(export([column(Kind.DECIMAL, values, precision=15, scale=2)]).only).worksheets[0]
    assert sheet["B2"].number_format == "0.00"


def test_floats_come_back_to_the_last_bit() -> None:
    values = ["0.1", "1e+300", "-0.30000000000000004", "2.2250738585072014e-308", "NaN", "-Infinity"]
    assert cells(Kind.FLOAT, values) == [0.1, 1e300, -0.30000000000000004, 2.2250738585072014e-308, "NaN", "-Infinity"]


def test_booleans_are_booleans() -> None:
    assert cells(Kind.BOOLEAN, ["true", "false", None]) == [True, False, None]


def test_dates_are_dates_unless_excel_has_none_for_them() -> None:
    values = ["2024-02-29", "1900-03-01", "9999-12-31", "1899-12-31", "0044-03-15 BC", "infinity", "0000-00-00"]
    first = [datetime(2024, 2, 29), datetime(1900, 3, 1), datetime(9999, 12, 31)]  # noqa: DTZ001 cells know no zone
    assert cells(Kind.DATE, values) == [*first, *values[3:]]


@pytest.mark.parametrize("kind", [Kind.TIMESTAMP, Kind.TIMESTAMP_TZ])
def test_moments_are_right_to_the_millisecond(kind: Kind) -> None:
    moments = [datetime(2024, 1, 2, 10) + timedelta(milliseconds=n * 3_333_337) for n in range(200)]  # noqa: DTZ001
    zone = "+00" if kind is Kind.TIMESTAMP_TZ else ""
    found = cells(kind, [f"{moment.isoformat(' ')}{zone}" for moment in moments])
    assert all(abs(one - other) < timedelta(milliseconds=1) for one, other in zip(found, moments, strict=True))


def test_every_kind_has_a_cell_and_loses_nothing_silently() -> None:
    query, rows = every_kind()
    sheet = opened(export([(query, rows)]).only).worksheets[0]
    for at, row in enumerate(rows, 2):
        for number, field in enumerate(query.columns, 1):
            assert_same(sheet.cell(at, number).value, row[field.name], field.type.kind)


def assert_same(found: object, text: str | None, kind: Kind) -> None:
    if text is None or isinstance(found, str):
        assert found == text
    elif isinstance(found, bool):
        assert text == str(found).lower()
    elif isinstance(found, datetime):
        assert found == datetime.fromisoformat(text.removesuffix("+00").ljust(10)).replace(tzinfo=None)
    elif isinstance(found, int | float):
        assert float(text) == found
    else:
        assert (found, kind) == (None, Kind.TEXT)
        assert text == ""


def test_a_text_longer_than_a_cell_is_cut_marked_and_reported() -> None:
    exported = export([texts(["é" * LONG, "é" * (LONG + 1), "<" * 40_000, "short"])])
    sheet = opened(exported.only).worksheets[0]
    assert [len(str(sheet.cell(row, 2).value)) for row in range(2, 6)] == [LONG, LONG, LONG, 5]
    assert [sheet.cell(row, 2).fill.fgColor.rgb == "FFFFE0B2" for row in range(2, 6)] == [False, True, True, False]
    (problem,) = exported.result.problems
    assert (problem.code, problem.value, problem.place.entity) == ("cell_cut", "2", "notes")


def test_nothing_is_reported_where_nothing_is_cut() -> None:
    assert export(list(shop())).result.problems == ()


def test_a_sheet_per_entity_with_a_bold_frozen_filtered_header() -> None:
    exported = export(list(shop()))
    book = opened(exported.only)
    assert book.sheetnames == ["customers", "purchaseOrders", "About"]
    sheet = book["purchaseOrders"]
    assert [cell.value for cell in sheet[1]] == ["id", "customer_id", "total"]
    assert sheet["A1"].font.b
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", "A1:C2")
    assert sheet.column_dimensions["B"].width >= len("customer_id")
    assert [(w.entity, w.rows, w.member) for w in exported.result.written] == [
        ("customers", 2, "customers"),
        ("orders", 1, "purchaseOrders"),
    ]


def test_widths_fit_the_first_rows_within_reason() -> None:
    sheet = opened(export([texts(["x" * 40, "short"])]).only).worksheets[0]
    assert sheet.column_dimensions["B"].width == 41
    sheet = opened(export([texts(["x" * 5000])]).only).worksheets[0]
    assert sheet.column_dimensions["B"].width == 60


@pytest.mark.parametrize("size", [1, 3, 1000])
def test_full_sheets_go_on_in_further_sheets(size: int, tmp_path: Path) -> None:
    exported = export([texts([f"text {n}" for n in range(10)], "users")], size=size, row_limit=5)
    book = opened(exported.only)
    assert book.sheetnames == ["users", "users (2)", "users (3)", "About"]
    rows = [calamine(exported.only, name)[1:] for name in book.sheetnames[:3]]
    assert [len(part) for part in rows] == [4, 4, 2]
    assert [row[1] for part in rows for row in part] == [f"text {n}" for n in range(10)]
    (path,) = exported.save(tmp_path)
    assert count(path) == {"users": 10}
    assert exported.result.written[0].rows == 10


def test_a_sheet_that_is_just_full_is_not_followed_by_an_empty_one() -> None:
    assert opened(export([texts(["a"] * 4)], row_limit=5).only).sheetnames == ["notes", "About"]


def test_no_rows_still_give_a_sheet_with_its_header(tmp_path: Path) -> None:
    exported = export([texts([])], about=False)
    book = opened(exported.only)
    assert book.sheetnames == ["notes"]
    assert [[cell.value for cell in row] for row in book.worksheets[0]] == [["id", "text"]]
    (path,) = exported.save(tmp_path)
    assert count(path) == {"notes": 0}


def test_naughty_names_give_valid_and_different_sheets() -> None:
    names = [*dict.fromkeys([*EVIL_NAMES, "History", "Users", "users", "x" * 40, "x" * 41, "🚢" * 20, "'a'", "About"])]
    pairs: Pairs = [(query_of(entity_of(name, [field_of("id")])), [{"id": name}]) for name in names]
    data = export(pairs).only
    sheets = opened(data).sheetnames
    assert len({name.casefold() for name in sheets}) == len(names) + 1
    assert all(len(name.encode("utf-16-le")) <= 62 and not set(name) & set("[]:*?/\\") for name in sheets)
    assert [calamine(data, number)[1][0] for number in range(len(names))] == names


def test_naughty_field_names_come_back_exactly() -> None:
    names = [*dict.fromkeys([*EVIL_NAMES, *naughty_strings()])]
    query = query_of(entity_of("zoo", [field_of(name) for name in names]))
    data = export([(query, [dict.fromkeys(names, "x")])]).only
    assert calamine(data)[0] == names


def test_the_about_sheet_says_what_the_workbook_holds() -> None:
    pairs = list(shop())
    source = MemorySource(rows={query.entity.name: rows for query, rows in pairs})
    document = document_of(
        [query for query, _ in pairs], filters={"customers": "name like 'Å%'"}, metadata={"by": "me"}
    )
    sheet = opened(run(FORMAT, document, source).only)["About"]
    values = [cell.value for row in sheet for cell in row if cell.value is not None]
    assert {"Shop", "everything", "shop (memory)", "name like 'Å%'", "by", "me", "purchaseOrders"} <= set(values)
    assert {2, 1} <= set(values)


def test_the_workbook_names_no_author_and_is_the_same_for_the_same_rows() -> None:
    one, other = export(list(shop())).only, export(list(shop())).only
    assert one == other
    properties = opened(one).properties
    assert (properties.title, properties.lastModifiedBy) == ("Shop", None)
    with zipfile.ZipFile(io.BytesIO(one)) as archive:
        assert b"creator" not in archive.read("docProps/core.xml")


def test_every_part_is_well_formed_and_listed() -> None:
    with zipfile.ZipFile(io.BytesIO(export(list(shop())).only)) as archive:
        assert archive.testzip() is None
        types = ElementTree.fromstring(archive.read("[Content_Types].xml"))
        listed = {item.get("PartName", "")[1:] for item in types.findall("{*}Override")}
        assert listed <= set(archive.namelist())
        for name in archive.namelist():
            ElementTree.fromstring(archive.read(name))


def test_more_columns_than_a_sheet_has_are_refused() -> None:
    query = query_of(entity_of("wide", [field_of(f"f{n}") for n in range(16_385)]))
    with pytest.raises(InputError, match="16,385 fields"):
        export([(query, [])])


def test_a_row_limit_beyond_excel_is_refused() -> None:
    with pytest.raises(InputError, match="cannot have 2,000,000 rows"):
        FORMAT.options(row_limit=2_000_000)


def count(path: Path) -> dict[str, int]:
    assert FORMAT.count is not None
    return dict(FORMAT.count(path))


def sheet_xml(data: bytes) -> ElementTree.Element:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return ElementTree.fromstring(archive.read("xl/worksheets/sheet1.xml"))
