"""The ways to render a query, fastest first. Each may find in the middle that it does not fit these rows; the next
one then goes on where it stopped. All give the same bytes."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from operator import itemgetter

from entrepot.databases.sqlite.compile import SqliteCompiler
from entrepot.databases.sqlite.dialect import LINE_BREAKS, CarefulDialect, QuickDialect, SqliteDialect
from entrepot.databases.sqlite.failures import not_utf8
from entrepot.databases.sqlite.fetch import fetched
from entrepot.databases.sqlite.slices import Slices, sliceable
from entrepot.databases.sqlite.snapshot import Held
from entrepot.model.catalog import Catalog
from entrepot.model.selection import Query
from entrepot.model.templates import Chunk, RowTemplate

FIRST = itemgetter(0)
NUL = b"\0"

Way = Callable[[int, int], Iterator[Chunk]]
"""(rows per chunk, rows already done)"""


class UnfitError(Exception):
    """This way is not made for these rows."""


def ways(held: Held, catalog: Catalog, query: Query, template: RowTemplate) -> Iterator[Way]:
    """Statements that overlook line breaks and NULs, then NULs, then nothing."""
    reading = Reading(held=held, query=query, template=template)
    rowid = sliceable(query) if held.helpers else None
    quick, exact = SqliteCompiler(QuickDialect(), catalog), SqliteCompiler(SqliteDialect(), catalog)
    if rowid is not None:
        yield reading.sliced(quick, rowid, breaks_are_seen=False)
        yield reading.sliced(exact, rowid, breaks_are_seen=True)
    else:
        yield reading.row_by_row(quick, breaks_are_seen=False, nuls_are_seen=False)
    yield reading.row_by_row(exact, breaks_are_seen=True, nuls_are_seen=False)
    careful = SqliteCompiler(CarefulDialect(), catalog)
    yield reading.row_by_row(careful, breaks_are_seen=True, nuls_are_seen=True)


def total_length(rows: Sequence[tuple[bytes]]) -> int:
    return sum(map(len, map(FIRST, rows)))


@dataclass(frozen=True, kw_only=True)
class Reading:
    held: Held
    query: Query
    template: RowTemplate

    def sliced(self, compiler: SqliteCompiler, rowid: str, *, breaks_are_seen: bool) -> Way:
        slices = Slices(
            compiler=compiler,
            query=self.query,
            template=self.template,
            rowid=rowid,
            held=self.held,
            examine=self._examiner(breaks_are_seen, nuls_are_seen=False),
        )

        def way(rows: int, done: int) -> Iterator[Chunk]:
            try:
                yield from slices.chunks(rows, done)
            except sqlite3.DataError as error:
                raise UnfitError from error  # a slice is longer than a helper may make

        return way

    def row_by_row(self, compiler: SqliteCompiler, *, breaks_are_seen: bool, nuls_are_seen: bool) -> Way:
        examine = self._examiner(breaks_are_seen, nuls_are_seen)

        def way(rows: int, done: int) -> Iterator[Chunk]:
            rest = f"({compiler.rows(self.query, self.template)}) LIMIT -1 OFFSET {done:d}"
            statement = f"SELECT CAST(line AS BLOB) FROM {rest}"
            with closing(self.held.connection.execute(statement)) as cursor:
                for found in fetched(cursor, rows, total_length):
                    yield examine(Chunk(data=b"".join(map(FIRST, found)), rows=len(found)))

        return way

    def _examiner(self, breaks_are_seen: bool, nuls_are_seen: bool) -> Callable[[Chunk], Chunk]:
        """What a statement overlooks is looked for in its finished bytes."""
        literal = "".join(part for part in self.template.parts if isinstance(part, str))
        ours = () if breaks_are_seen else tuple((c.encode(), literal.count(c)) for c in LINE_BREAKS)

        def examine(chunk: Chunk) -> Chunk:
            unseen = not nuls_are_seen and NUL in chunk.data
            if unseen or any(chunk.data.count(c) != count * chunk.rows for c, count in ours):
                raise UnfitError
            self._check_utf8(chunk.data)
            return chunk

        return examine

    def _check_utf8(self, data: bytes) -> None:
        """SQLite stores whatever it is given."""
        try:
            data.decode()
        except UnicodeDecodeError as error:
            raise not_utf8(f"Reading {self.query.title}") from error
