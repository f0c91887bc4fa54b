"""The ways to render a query, fastest first. Each may find in the middle that it does not fit these rows; the next
one then goes on where it stopped. All give the same bytes."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from operator import itemgetter

from entrepot.databases.sqlite.blocks import Renderer, Statement
from entrepot.databases.sqlite.column_ways import blocks_of
from entrepot.databases.sqlite.compile import SqliteCompiler
from entrepot.databases.sqlite.dialect import CarefulDialect, SqliteDialect
from entrepot.databases.sqlite.failures import not_utf8
from entrepot.databases.sqlite.fetch import fetched
from entrepot.databases.sqlite.pieces import NUL
from entrepot.databases.sqlite.readers import UnfitError
from entrepot.databases.sqlite.slices import Slices, sliceable
from entrepot.databases.sqlite.snapshot import Held
from entrepot.model.catalog import Catalog
from entrepot.model.selection import Query
from entrepot.model.templates import Chunk, RowTemplate

FIRST = itemgetter(0)

Way = Callable[[int, int], Iterator[Chunk]]
"""(rows per chunk, rows already done)"""


def ways(held: Held, catalog: Catalog, query: Query, template: RowTemplate) -> Iterator[Way]:
    """Blocks of columns and whole rows, which find out about NULs and then are no good, then row by row."""
    reading = Reading(held=held, query=query, template=template)
    exact = SqliteCompiler(SqliteDialect(), catalog)
    rowid = sliceable(query)
    if rowid is not None:
        blocks = blocks_of(exact, query, template, rowid)
        if blocks is not None:
            yield reading.sliced(exact, rowid, blocks)
        yield reading.sliced(exact, rowid, Statement(sql=exact.slice(query, template, rowid)))
    yield reading.row_by_row(exact, nuls_are_seen=False)
    yield reading.row_by_row(SqliteCompiler(CarefulDialect(), catalog), nuls_are_seen=True)


@dataclass(frozen=True, kw_only=True)
class Reading:
    held: Held
    query: Query
    template: RowTemplate

    def sliced(self, compiler: SqliteCompiler, rowid: str, renderer: Renderer) -> Way:
        return Slices(renderer=renderer, compiler=compiler, query=self.query, rowid=rowid, held=self.held).chunks

    def row_by_row(self, compiler: SqliteCompiler, *, nuls_are_seen: bool) -> Way:
        return row_by_row(self.held.connection, compiler, self.query, self.template, nuls_are_seen=nuls_are_seen)


def row_by_row(
    connection: sqlite3.Connection,
    compiler: SqliteCompiler,
    query: Query,
    template: RowTemplate,
    *,
    nuls_are_seen: bool,
) -> Way:
    def way(rows: int, done: int) -> Iterator[Chunk]:
        rest = f"({compiler.rows(query, template)}) LIMIT -1 OFFSET {done:d}"
        with closing(connection.execute(f"SELECT CAST(line AS BLOB) FROM {rest}")) as cursor:
            for found in fetched(cursor, rows, total_length):
                data = b"".join(map(FIRST, found))
                if not nuls_are_seen and NUL.encode() in data:
                    raise UnfitError
                yield Chunk(data=_utf8(data, query), rows=len(found))

    return way


def _utf8(data: bytes, query: Query) -> bytes:
    """SQLite stores whatever it is given."""
    try:
        data.decode()
    except UnicodeDecodeError as error:
        raise not_utf8(f"Reading {query.title}") from error
    return data


def total_length(rows: Sequence[tuple[bytes]]) -> int:
    return sum(map(len, map(FIRST, rows)))
