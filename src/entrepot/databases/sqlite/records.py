"""The rows of the catalog queries in sql/, typed."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import groupby
from typing import TypeVar


@dataclass(frozen=True, slots=True)
class ObjectRecord:
    name: str
    type: str
    sql: str | None
    without_rowid: int
    strict: int


@dataclass(frozen=True, slots=True)
class ColumnRecord:
    name: str
    type: str
    not_null: int
    default_value: str | None
    key_place: int
    """1, 2, … in the primary key; 0 outside."""
    hidden: int


@dataclass(frozen=True, slots=True)
class ForeignKeyRecord:
    id: int
    seq: int
    parent: str
    child_column: str
    parent_column: str | None
    on_update: str
    on_delete: str


@dataclass(frozen=True, slots=True)
class IndexRecord:
    name: str
    is_unique: int
    origin: str
    partial: int
    column: str | None
    """None for an expression or the rowid."""
    cid: int
    sql: str | None


@dataclass(frozen=True, slots=True)
class TriggerRecord:
    name: str
    table: str
    sql: str


Record = TypeVar("Record")


def read(connection: sqlite3.Connection, query: str, make: Callable[..., Record], *values: str) -> list[Record]:
    """The rows of `sql/<query>.sql`, whose columns stand in the order of the record's attributes."""
    return [make(*row) for row in connection.execute(_sql(query), values)]


def foreign_keys(connection: sqlite3.Connection, table: str) -> Iterator[list[ForeignKeyRecord]]:
    """Each key's columns, keys in the order of the CREATE TABLE text."""
    records = read(connection, "foreign_keys", ForeignKeyRecord, table)
    for _, group in groupby(records, key=lambda record: record.id):
        yield list(group)


def indexes(connection: sqlite3.Connection, table: str) -> Iterator[list[IndexRecord]]:
    records = read(connection, "indexes", IndexRecord, table)
    for _, group in groupby(records, key=lambda record: record.name):
        yield list(group)


def estimates(connection: sqlite3.Connection) -> dict[str, int]:
    """Table → rows, as the last ANALYZE counted them; its largest number where only indexes were counted."""
    if not _exists(connection, "sqlite_stat1"):
        return {}
    result: dict[str, int] = {}
    for table, text in connection.execute("SELECT tbl, stat FROM main.sqlite_stat1 WHERE stat IS NOT NULL"):
        first = str(text).split(" ")[0]
        if first.isdecimal():
            result[table] = max(result.get(table, 0), int(first))
    return result


def counters(connection: sqlite3.Connection) -> dict[str, int]:
    """Table → the last number that AUTOINCREMENT gave."""
    if not _exists(connection, "sqlite_sequence"):
        return {}
    found = connection.execute("SELECT name, seq FROM main.sqlite_sequence WHERE typeof(seq) = 'integer'")
    return dict(found.fetchall())


def _exists(connection: sqlite3.Connection, table: str) -> bool:
    found = connection.execute("SELECT 1 FROM main.sqlite_schema WHERE name = ?", (table,))
    return found.fetchone() is not None


@cache
def _sql(query: str) -> str:
    return files("entrepot.databases.sqlite").joinpath("sql", f"{query}.sql").read_text("utf-8")
