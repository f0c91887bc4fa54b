"""The rows of the catalog queries in sql/, one class per query, and how they are run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, LiteralString, TypeVar, cast

if TYPE_CHECKING:
    import psycopg


@dataclass(frozen=True, kw_only=True)
class RelationRecord:
    id: int
    schema: str
    name: str
    kind: str
    """`r` table, `p` partitioned table, `v` view, `m` materialised view."""
    comment: str | None
    estimate: int | None
    heirs: bool
    parents: list[int]


@dataclass(frozen=True, kw_only=True)
class ColumnRecord:
    relation: int
    name: str
    type: int
    modifier: int
    native: str
    nullable: bool
    expression: str | None
    identity: str
    """`a` always, `d` by default, or empty."""
    generated: str
    """`s` stored, `v` virtual, or empty."""
    collation: str | None
    comment: str | None


@dataclass(frozen=True, kw_only=True)
class ConstraintRecord:
    relation: int
    name: str
    kind: str
    """`p` primary, `u` unique, `x` exclusion, `f` foreign, `c` check."""
    fields: list[str]
    parent: int
    parent_fields: list[str]
    on_delete: str
    on_update: str
    deferrable: bool
    deferred: bool
    validated: bool
    expression: str | None
    ddl: str


@dataclass(frozen=True, kw_only=True)
class IndexRecord:
    relation: int
    name: str
    is_unique: bool
    fields: list[str]
    ddl: str


@dataclass(frozen=True, kw_only=True)
class TypeRecord:
    id: int
    schema: str
    name: str
    kind: str
    """`b` base, `c` composite, `d` domain, `e` enum, `r` range, `m` multirange."""
    category: str
    base: int
    modifier: int
    element: int
    labels: list[str]
    ddl: str | None


@dataclass(frozen=True, kw_only=True)
class SequenceRecord:
    schema: str
    name: str
    owner_relation: int | None
    owner_field: str | None
    last: int | None
    ddl: str


@dataclass(frozen=True, kw_only=True)
class DefinitionRecord:
    ddl: str


@dataclass(frozen=True, kw_only=True)
class TriggerRecord:
    relation: int
    name: str
    timing: str
    events: list[str]
    rule: bool


@dataclass(frozen=True, kw_only=True)
class NotCarriedRecord:
    kind: str
    name: str


@dataclass(frozen=True, kw_only=True)
class AccessRecord:
    id: int
    schema: str
    name: str
    kind: str
    readable: bool
    hidden: bool
    pages: int
    """Of a plain table; 0 for everything that has none of its own."""


@dataclass(frozen=True, kw_only=True)
class EqualityRecord:
    name: str
    operator: str


@dataclass(frozen=True, kw_only=True)
class CounterRecord:
    schema: str
    name: str
    field: str
    increment: int


@dataclass(frozen=True, kw_only=True)
class ForeignKeyRecord:
    name: str
    definition: str
    comment: str | None
    parent_schema: str
    parent: str
    owned: bool
    referable: bool
    lockable: bool


R = TypeVar("R")


def read(
    connection: psycopg.Connection, query: str, record: type[R], values: Mapping[str, object] | None = None
) -> Sequence[R]:
    """Run the named query of sql/ and give its rows as `record`s."""
    from psycopg.rows import class_row

    with connection.cursor(row_factory=class_row(record)) as cursor:
        return cursor.execute(named_query(query), values).fetchall()


@cache
def named_query(name: str) -> LiteralString:
    """The text of sql/<name>.sql; ours, so as good as a literal."""
    return cast(
        "LiteralString", files("entrepot.databases.postgres").joinpath("sql", f"{name}.sql").read_text(encoding="utf-8")
    )
