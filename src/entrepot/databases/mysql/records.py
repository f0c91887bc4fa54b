"""The rows of the catalog queries in sql/, one class per query, and how they are run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from entrepot.databases.mysql.connect import Connection


@dataclass(frozen=True, kw_only=True)
class TableRecord:
    name: str
    kind: str
    """`BASE TABLE`, `SYSTEM VERSIONED`, `VIEW` or `SEQUENCE`."""
    engine: str | None
    estimate: int | None
    comment: str


@dataclass(frozen=True, kw_only=True)
class ColumnRecord:
    table: str
    name: str
    type: str
    native: str
    length: int | None
    digits: int | None
    scale: int | None
    fraction: int | None
    nullable: str
    default_text: str | None
    extra: str
    expression: str | None
    characters: str | None
    collation: str | None
    comment: str


@dataclass(frozen=True, kw_only=True)
class IndexRecord:
    table: str
    name: str
    repeats: int
    field: str | None
    """None for an expression (MySQL)."""
    prefix: int | None
    direction: str | None
    """`A`, or `D` for descending."""
    kind: str
    """`BTREE`, `HASH`, `FULLTEXT`, `SPATIAL`, …"""


@dataclass(frozen=True, kw_only=True)
class ForeignKeyRecord:
    table: str
    name: str
    field: str
    parent_schema: str | None
    parent: str
    parent_field: str
    on_delete: str
    on_update: str


@dataclass(frozen=True, kw_only=True)
class CheckRecord:
    table: str
    name: str
    level: str
    """`Column` or `Table`."""
    expression: str


@dataclass(frozen=True, kw_only=True)
class TriggerRecord:
    table: str
    name: str
    timing: str
    """`BEFORE` or `AFTER`."""
    events: str
    """One, or several with commas between them."""


@dataclass(frozen=True, kw_only=True)
class NotCarriedRecord:
    kind: str
    name: str


@dataclass(frozen=True, kw_only=True)
class RightsRecord:
    rights: int


R = TypeVar("R")


def read(connection: Connection, query: str, record: type[R]) -> Sequence[R]:
    """Run the named query of sql/ and give its rows as `record`s."""
    from pymysql.cursors import DictCursor

    with connection.cursor(DictCursor) as cursor:
        cursor.execute(named_query(query))
        return [record(**row) for row in cursor.fetchall()]


@cache
def named_query(name: str) -> str:
    """The text of sql/<name>.sql."""
    return files("entrepot.databases.mysql").joinpath("sql", f"{name}.sql").read_text(encoding="utf-8")
