"""SQLite stores any value in any column. Whatever stands there, a file is well-formed and says nothing else than the
table does: a text never becomes a key, a number, a cell, a row or a statement of its own."""

from __future__ import annotations

import csv
import json
import re
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from io import StringIO
from math import isinf
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import duckdb
import openpyxl
import pypdfium2
import pytest
from openpyxl.utils.escape import unescape

from acceptance.mistyped import COLUMNS, VALUES, Stored, mistyped, stored
from entrepot import Entrepot, ExportOptions
from integration.sqlite.files import loaded
from servers.mariadb import MariaDatabase
from servers.postgres import PostgresDatabase

NAMES = ["id", *COLUMNS]
NUMBERS = {"whole", "real", "amount"}
NESTED = {"document", "loose_document", "list"}
MOMENTS = {"moment", "zoned"}
JSON_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
MOMENT = re.compile(r"([0-9-]{10})[ T]([0-9:]{8}[.0-9]*)([+-][0-9]{2})?")


@pytest.fixture(params=[0, 2100], ids=["alone", "behind others"])
def source(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    mistyped(tmp_path / "odd.db", filler=request.param)
    return tmp_path / "odd.db"


def exported(source: Path, format: str, **options: Any) -> Path:
    """With a fingerprint of what was sent, which inspection compares with that of what stands in the file."""
    chosen = ExportOptions(format=format, fingerprint=True, **options)
    outcome = Entrepot(f"sqlite:///{source}").export(to=f"{source.parent}/out/", options=chosen)
    found = Entrepot().inspect(outcome.path)
    assert found.ok, found.problems
    return next(path for path in (source.parent / "out").iterdir() if not path.name.endswith("receipt.json"))


def text(value: Stored) -> str | None:
    """The text form of a stored value (docs/reference/values.md)."""
    if isinstance(value, bytes):
        return f"\\x{value.hex()}"
    if isinstance(value, float):
        return ("Infinity" if value > 0 else "-Infinity") if isinf(value) else repr(value).removesuffix(".0")
    return None if value is None else str(value)


def field_text(column: str, value: Stored) -> str | None:
    if column == "flag" and value in (0, 1):
        return "true" if value else "false"
    if column == "bytes" and value is not None and not isinstance(value, bytes):
        return f"\\x{(text(value) or '').encode().hex()}"
    return text(value)


def meaning(column: str, value: Stored) -> object:
    """What a JSON reader must see."""
    if isinstance(value, str) and column != "bytes":
        return text_meaning(column, value)
    if isinstance(value, int | float) and column in NUMBERS | NESTED | {"flag", "id"} and not isinf(value):
        return value
    return field_text(column, value)


def text_meaning(column: str, value: str) -> object:
    if column in MOMENTS and (found := MOMENT.fullmatch(value)) and (column == "zoned" or not found[3]):
        return f"{found[1]}T{found[2]}{found[3] + ':00' if found[3] else ''}"
    if column in NESTED or (column == "exact" and JSON_NUMBER.fullmatch(value)):
        try:
            return json.loads(value, parse_constant=str)
        except ValueError:
            return value
    return value


def assert_records(records: Sequence[list[tuple[str, object]]], source: Path) -> None:
    assert [[name for name, _ in record] for record in records] == [NAMES] * len(records)
    wanted = [[(n, meaning(n, v)) for n, v in zip(NAMES, row, strict=True)] for row in stored(source)]
    assert records == wanted


def parsed(data: bytes | str) -> Any:
    """A record as its pairs, so that a key that comes twice is seen."""
    return json.loads(data, object_pairs_hook=as_pairs, parse_constant=pytest.fail)


def as_pairs(pairs: list[tuple[str, object]]) -> object:
    return pairs if pairs and pairs[0][0] == "id" else dict(pairs)


def test_ndjson_has_the_same_keys_in_every_record(source: Path) -> None:
    lines = exported(source, "ndjson").read_bytes().split(b"\n")
    assert_records([parsed(line) for line in lines[:-1]], source)


def test_json_has_the_same_keys_in_every_record(source: Path) -> None:
    assert_records(parsed(exported(source, "json").read_bytes())["entities"]["odd"], source)


@pytest.mark.parametrize("member", ["ndjson", "json"])
def test_packages_have_the_same_keys_in_every_record(source: Path, member: str) -> None:
    with ZipFile(exported(source, "package", format_options={"member_format": member})) as package:
        data = package.read(f"data/odd.{member}")
    assert_records(
        next(iter(parsed(data).values())) if member == "json" else list(map(parsed, data.split(b"\n")[:-1])), source
    )


def test_csv_has_every_value_as_its_text(source: Path) -> None:
    data = exported(source, "csv").read_bytes().decode()
    rows = list(csv.reader(StringIO(data, newline="")))
    assert rows == [NAMES, *[[word or "" for word in row] for row in texts(source)]]


def texts(source: Path) -> list[list[str | None]]:
    return [[field_text(name, value) for name, value in zip(NAMES, row, strict=True)] for row in stored(source)]


def test_a_text_among_numbers_is_no_formula_in_a_spreadsheet(source: Path) -> None:
    data = exported(source, "csv", format_options={"spreadsheet_safe": "true"}).read_bytes().decode()
    cells = [cell for row in csv.reader(StringIO(data, newline="")) for cell in row]
    assert [cell for cell in cells if cell.startswith(("=", "@", "+"))] == []
    assert "-12.5" in cells


def test_a_workbook_opens_and_keeps_texts_as_texts(source: Path) -> None:
    book = openpyxl.load_workbook(exported(source, "xlsx"))
    rows = list(book["odd"].iter_rows(min_row=2, values_only=True))
    cells = [[unescape(cell) if isinstance(cell, str) else cell for cell in row] for row in rows]
    for cell_row, row in zip(cells, stored(source), strict=True):
        for name, cell, value in zip(NAMES, cell_row, row, strict=True):
            if isinstance(value, str) and name != "bytes" and not MOMENT.fullmatch(value):
                assert cell == value or (name == "exact" and float(str(cell)) == float(value)), (name, cell, value)


def test_parquet_keeps_every_value(source: Path) -> None:
    with closing(duckdb.connect()) as connection:
        rows = connection.execute(f"SELECT * FROM read_parquet('{exported(source, 'parquet')}')").fetchall()
    told = [[None if cell is None else cell if isinstance(cell, str) else text(cell) for cell in row] for row in rows]
    assert [row[1:15] for row in told] == [row[1:15] for row in texts(source)]


def test_a_pdf_opens(source: Path) -> None:
    with closing(pypdfium2.PdfDocument(exported(source, "pdf"))) as document:
        assert len(document) > 2


def test_a_script_for_sqlite_brings_every_value_back_as_it_was(source: Path, tmp_path: Path) -> None:
    again = loaded(exported(source, "sql").read_bytes(), tmp_path / "again.db")
    assert stored(again) == stored(source)
    with closing(sqlite3.connect(again)) as connection:
        types = [f"typeof({name})" for name in NAMES]
        assert connection.execute(f"SELECT {', '.join(types)} FROM odd").fetchall() == typed(source, types)


def typed(source: Path, types: Sequence[str]) -> list[tuple[Stored, ...]]:
    with closing(sqlite3.connect(source)) as connection:
        return connection.execute(f"SELECT {', '.join(types)} FROM odd").fetchall()


def script(path: Path, values: Sequence[Stored], dialect: str) -> Path:
    mistyped(path, values)
    options = ExportOptions(format="sql", dialect=dialect, format_options={"schema": "false"})
    out = path.parent / "odd.sql"
    Entrepot(f"sqlite:///{path}").export(to=out, options=options)
    return out


@pytest.mark.mariadb
def test_a_script_for_mysql_holds_only_literals(mariadb_database: MariaDatabase, tmp_path: Path) -> None:
    """Into columns that take everything, and make texts like 1e300 of large floats."""
    values = [value for value in VALUES if value not in (1e300, -(2**63))]
    out = script(tmp_path / "odd.db", values, "mysql")
    columns = ", ".join(f"`{name}` {'longblob' if name == 'bytes' else 'longtext'}" for name in COLUMNS)
    mariadb_database.execute(f"CREATE TABLE odd (id int, {columns}) CHARACTER SET utf8mb4")
    done = mariadb_database.client("--default-character-set=utf8mb4", script=out.read_bytes())
    assert done.returncode == 0, done.stderr
    found = mariadb_database.rows("SELECT * FROM odd ORDER BY id")
    assert [[as_text(name, cell) for name, cell in zip(NAMES, row, strict=True)] for row in found] == [
        [{"true": "1", "false": "0"}.get(word or "", word) if name == "flag" else word for name, word in pairs]
        for pairs in (list(zip(NAMES, row, strict=True)) for row in texts(tmp_path / "odd.db"))
    ]


def as_text(name: str, cell: object) -> str | None:
    return f"\\x{cell.hex()}" if name == "bytes" and isinstance(cell, bytes) else None if cell is None else str(cell)


@pytest.mark.postgres
def test_a_script_for_postgres_holds_only_values(postgres_database: PostgresDatabase, tmp_path: Path) -> None:
    """Into columns that take everything but a NUL."""
    values = [value for value in VALUES if not isinstance(value, str) or "\0" not in value]
    out = script(tmp_path / "odd.db", values, "postgres")
    columns = ", ".join(f'"{name}" text' for name in COLUMNS)
    postgres_database.execute(f"CREATE TABLE odd (id int, {columns})")
    done = postgres_database.psql("-v", "ON_ERROR_STOP=1", "-f", str(out))
    assert done.returncode == 0, done.stderr
    rows = postgres_database.rows("SELECT * FROM odd ORDER BY id")
    assert [[None if cell is None else str(cell) for cell in row] for row in rows] == texts(tmp_path / "odd.db")
