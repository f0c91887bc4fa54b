"""Rows into SQLite: the CSV goes through Python's reader straight into one prepared statement."""

from __future__ import annotations

import csv
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2s
from io import BytesIO
from itertools import chain

from entrepot.databases.sqlite.dialect import SqliteDialect
from entrepot.databases.sqlite.storing import stored
from entrepot.model.catalog import Entity, Field

NUMBER = "n"
"""The column that a row's own number comes in."""
LONGEST = 1 << 30
"""SQLite has no longer values. Python's reader stops at 128 kB unless it is told otherwise, once for all."""


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A temporary table of rows that were sent, in their order; its columns are v0, v1, …"""

    table: str
    rows: int


@dataclass(frozen=True, kw_only=True)
class Loader:
    connection: sqlite3.Connection
    check: Callable[[], None]
    """Raises if somebody asked to stop."""

    def many(self, statement: str, rows: Iterable[bytes], *, alone: bool) -> int:
        """Run it for each row; how many rows were made, changed or deleted."""
        try:
            return self.connection.executemany(statement, self._records(rows, alone=alone)).rowcount
        except UnicodeDecodeError as error:
            raise sqlite3.DataError(
                f"bytes that are no UTF-8 text: {error.object[error.start : error.end]!r}"
            ) from error

    def _records(self, rows: Iterable[bytes], *, alone: bool) -> Iterator[Sequence[str]]:
        csv.field_size_limit(max(csv.field_size_limit(), LONGEST))
        reader = csv.reader(chain.from_iterable(map(self._lines, rows)), strict=True)
        return (record or [""] for record in reader) if alone else reader  # an empty line is one empty text

    def _lines(self, block: bytes) -> Iterator[str]:
        """Ended by line feeds and nothing else; a quoted value may be several. (StringIO takes four times as long.)"""
        self.check()
        return map(bytes.decode, BytesIO(block))

    def stage(self, name: str, entity: Entity, fields: Sequence[Field], rows: Iterable[bytes]) -> Stage:
        table, columns = temporary(name), [f"v{number:d}" for number in range(len(fields))]
        make_like(self.connection, table, entity, fields, columns)
        count = self.many(insert_into(table, columns, fields), rows, alone=len(fields) == 1)
        return Stage(table=table, rows=count)


def insert_into(table: str, columns: Sequence[str], fields: Sequence[Field], *, numbered: bool = False) -> str:
    first = ["CAST(?1 AS INTEGER)"] if numbered else []
    values = [*first, *(stored(field, at) for at, field in enumerate(fields, start=1 + len(first)))]
    names = [*([NUMBER] if numbered else []), *columns]
    return f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join(values)})"


def make_like(
    connection: sqlite3.Connection,
    table: str,
    entity: Entity,
    fields: Sequence[Field],
    columns: Sequence[str],
    *,
    numbered: bool = False,
) -> None:
    """An empty temporary table whose columns have the affinities of the fields (not their collations)."""
    dialect = SqliteDialect()
    pairs = zip(fields, columns, strict=True)
    own = [f"CAST(0 AS INTEGER) AS {NUMBER}"] if numbered else []
    listed = ", ".join([*own, *(f"t.{dialect.quote(field.name)} AS {column}" for field, column in pairs)])
    connection.execute(f"DROP TABLE IF EXISTS {table}")
    connection.execute(f"CREATE TABLE {table} AS SELECT {listed} FROM {dialect.table(entity)} AS t WHERE 0")


def temporary(name: str) -> str:
    digest = blake2s(name.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
    return f"temp.entrepot_{digest}"
