"""Blocks of columns give the bytes that rows by themselves give, whatever stands in the columns."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path

import pytest

from entrepot.databases.sqlite import ways as ways_module
from entrepot.databases.sqlite.blocks import Blocks, heard
from entrepot.databases.sqlite.column_ways import blocks_of
from entrepot.databases.sqlite.compile import SqliteCompiler
from entrepot.databases.sqlite.dialect import CarefulDialect, SqliteDialect
from entrepot.databases.sqlite.session import SqliteSession
from entrepot.formats.csv.template import csv_template
from entrepot.formats.json.lines import ndjson_template
from entrepot.formats.xlsx.cells import row_template
from entrepot.formats.xlsx.styles import Styles
from entrepot.model.selection import Query
from entrepot.model.templates import CsvDialect, RowTemplate
from integration.sqlite.files import everything_of, made, opened

TABLE = """
CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT NOT NULL, b TEXT, c INTEGER, d INTEGER NOT NULL, e TIMESTAMP,
  f TIMESTAMP NOT NULL, g DATE NOT NULL, h JSON NOT NULL, i JSON, j DECIMAL, k BOOLEAN, l UUID NOT NULL, m BLOB);
"""
USUAL = (
    *("word", "other word", 7, 7, "2024-01-02 03:04:05.25+00", "2024-01-02T03:04:05", "2024-01-02", '{"n": 1}'),
    *('{"n": [2]}', 1.5, 1, "0190a1b2", b"\xde\xad"),
)
STRANGE_VALUES: tuple[object, ...] = (
    *(
        None,
        "",
        0,
        -3,
        1.5,
        9e999,
        10**17,
        b"",
        b"\xff\x00",
        'comma, quote "" and \'',
        "line\nbreak",
        "carriage\rreturn",
    ),
    *(
        "\x1d",
        "\x1e",
        "\x1f",
        "a\x1fb",
        "\x01",
        "_x000D_",
        "<&>",
        "NULL",
        "null",
        "N",
        "x" * 40_000,
        "'=1+1",
        "家賃 \U0001f4b6",
    ),
    *('"', '""', "\\", "\\.", "{}", "[1,\n2]", "{bad", "2024-02-29", "2023-02-29", "2024-02-30 10:00:00", "1900-03-01"),
    *("1900-03-02", "1899-12-31", "2024-01-02 24:00:00", "2024-01-02 23:59:60", "2024-01-02 10:00:00.", "2024-13-01"),
    *("2024-01-02 10:00:00.5.5", "2024-01-02 10:00:00.5+0", "2024-01-02 10:00:00+01", "2024-01-02 10:00:00.5-05:30"),
    *("2024-01-02 10:00:00Z", "2024-01-02 10:00:00.1234567890123+00", "2024-01-31T00:00:00+00", "9999-12-31 23:59:59"),
    *("2024-01-02 1a:00:00", "2024-01-02 10:00:00.+00", "2024-01-02  0:00:00", "now", "5", "1e5", "true", ":"),
)

Templates = dict[str, Callable[[Query], RowTemplate]]
TEMPLATES: Templates = {
    "csv": lambda query: csv_template(query.columns, CsvDialect()),
    "csv with marks": lambda query: csv_template(query.columns, CsvDialect(delimiter=";", null="NULL")),
    "csv for spreadsheets": lambda query: csv_template(query.columns, CsvDialect(), spreadsheet_safe=True),
    "ndjson": lambda query: ndjson_template(query.columns),
    "xlsx": lambda query: row_template(query.columns, Styles(scales=(0, 2))),
}


def filled(path: Path, rows: Iterator[tuple[object, ...]]) -> Path:
    made(path, TABLE)
    marks = ", ".join("?" * len(USUAL))
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executemany(f"INSERT OR IGNORE INTO t (a,b,c,d,e,f,g,h,i,j,k,l,m) VALUES ({marks})", rows)
    return path


def usual_with(values: tuple[object, ...]) -> Iterator[tuple[object, ...]]:
    """Every value once in every column, between rows that are as usual."""
    for value in values:
        for place in range(len(USUAL)):
            yield (*USUAL[:place], value, *USUAL[place + 1 :])
        yield USUAL


def one_by_one(session: SqliteSession, query: Query, template: RowTemplate) -> bytes:
    compiler = SqliteCompiler(CarefulDialect(), session._catalog)
    way = ways_module.row_by_row(session._connection, compiler, query, template, nuls_are_seen=True)
    return b"".join(chunk.data for chunk in way(1000, 0))


@pytest.fixture
def strange(tmp_path: Path) -> Iterator[tuple[SqliteSession, Query]]:
    path = filled(tmp_path / "strange.db", usual_with(STRANGE_VALUES))
    with opened(path, tmp_path) as (catalog, session):
        assert isinstance(session, SqliteSession)
        yield session, everything_of(catalog.entity("t"))


def by_blocks(session: SqliteSession, query: Query, template: RowTemplate, rows: int) -> bytes:
    """Every block by itself, none of them left to another way."""
    blocks = blocks_of(SqliteCompiler(SqliteDialect(), session._catalog), query, template, "t.rowid")
    assert blocks is not None
    last = session.count(query)
    found = [blocks.rendered(session._connection, first, first + rows - 1) for first in range(1, last + 1, rows)]
    assert None not in found
    return b"".join(part[1] for part in found if part is not None)


@pytest.mark.parametrize("name", TEMPLATES)
@pytest.mark.parametrize("rows", [1, 40])
def test_strange_values_are_rendered_as_by_themselves(
    strange: tuple[SqliteSession, Query], name: str, rows: int
) -> None:
    session, query = strange
    template = TEMPLATES[name](query)
    expected = one_by_one(session, query, template)
    found = b"".join(chunk.data for chunk in session.render(query, template, rows))
    assert found.split(b"word") == expected.split(b"word")


@pytest.mark.parametrize("name", TEMPLATES)
def test_blocks_themselves_render_all_but_their_own_marks(tmp_path: Path, name: str) -> None:
    """Else the test above could be passed by the ways behind them."""
    values = tuple(value for value in STRANGE_VALUES if not isinstance(value, str) or "\x1f" not in value)
    path = filled(tmp_path / "t.db", usual_with(values))
    with opened(path, tmp_path) as (catalog, session):
        assert isinstance(session, SqliteSession)
        query = everything_of(catalog.entity("t"))
        template = TEMPLATES[name](query)
        found = by_blocks(session, query, template, 40)
        assert found.split(b"word") == one_by_one(session, query, template).split(b"word")


def test_a_value_with_the_separator_is_never_taken_for_two(tmp_path: Path) -> None:
    """Nor where another one beside it is not what the column usually has."""
    path = filled(tmp_path / "t.db", iter([USUAL, ("a\x1fb", *USUAL[1:]), (b"blob", *USUAL[1:]), USUAL]))
    with opened(path, tmp_path) as (catalog, session):
        assert isinstance(session, SqliteSession)
        query = everything_of(catalog.entity("t"))
        template = TEMPLATES["csv"](query)
        blocks = blocks_of(SqliteCompiler(SqliteDialect(), catalog), query, template, "t.rowid")
        assert blocks is not None
        assert blocks.rendered(session._connection, 1, 4) is None
        found = b"".join(chunk.data for chunk in session.render(query, template))
        assert found == one_by_one(session, query, template)


def test_a_column_that_often_needs_another_way_gets_it_at_once(tmp_path: Path) -> None:
    rows = ((f"a, {number}" if number % 3 else "bare", *USUAL[1:]) for number in range(80))
    with opened(filled(tmp_path / "t.db", rows), tmp_path) as (catalog, session):
        assert isinstance(session, SqliteSession)
        query = everything_of(catalog.entity("t"))
        blocks = blocks_of(SqliteCompiler(SqliteDialect(), catalog), query, TEMPLATES["csv"](query), "t.rowid")
        assert isinstance(blocks, Blocks)
        for first in range(1, 80, 10):
            blocks.rendered(session._connection, first, first + 9)
        assert [column.first for column in blocks.columns[:3]] == [0, 1, 0]


def test_what_is_told_to_another_process_renders_the_same(strange: tuple[SqliteSession, Query]) -> None:
    session, query = strange
    blocks = blocks_of(SqliteCompiler(SqliteDialect(), session._catalog), query, TEMPLATES["xlsx"](query), "t.rowid")
    assert blocks is not None
    again = heard(blocks.told())
    for first in islice(range(1, 200, 20), 10):
        found = again.rendered(session._connection, first, first + 19)
        assert found == blocks.rendered(session._connection, first, first + 19)
