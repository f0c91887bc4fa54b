"""Rows into a table, by COPY: every type reads its text form by its own input. Arrays do not, because their text form
is JSON; so they, and what needs more than COPY, come by way of a temporary table."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2s
from typing import TYPE_CHECKING

from entrepot.databases.postgres.dialect import PostgresDialect
from entrepot.databases.postgres.loose_ends import with_quoted_ends
from entrepot.databases.postgres.names import quote, table_name
from entrepot.databases.postgres.usual import as_usual
from entrepot.model.catalog import Entity, EntityKind, Field
from entrepot.model.triggers import Event, firing
from entrepot.model.types import Kind

if TYPE_CHECKING:
    import psycopg

NUMBER = "n"
"""The column that a row's own number comes in."""
ALIAS = "s"
"""What a stage is called in a statement."""


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A temporary table of rows that were sent; its columns are v0, v1, …"""

    table: str
    fields: Sequence[Field]
    rows: int

    def values(self) -> list[str]:
        return [self.value(number) for number in range(len(self.fields))]

    def value(self, number: int) -> str:
        """In the field's own type. JSON is read into arrays by what reads JSON into records."""
        column, field = f"{ALIAS}.v{number:d}", self.fields[number]
        if field.type.kind is not Kind.ARRAY:
            return column
        record = f"pg_catalog.json_to_record(pg_catalog.json_build_object('v', {column}))"
        return f"(SELECT r.v FROM {record} AS r(v {field.native}))"

    @property
    def source(self) -> str:
        return f"{self.table} AS {ALIAS}"


@dataclass(frozen=True, kw_only=True)
class Loader:
    connection: psycopg.Connection
    usual: Mapping[str, str]
    """The settings under which rows are changed; the checks of domains need them, too."""
    check: Callable[[], None]
    """Raises if somebody asked to stop."""

    def copy(self, table: str, columns: Sequence[str], rows: Iterable[bytes]) -> int:
        statement = f"COPY {table} ({', '.join(columns)}) FROM STDIN (FORMAT csv, NULL '')"
        sent = with_quoted_ends(rows) if len(columns) == 1 else rows
        with self.connection.cursor() as cursor, as_usual(self.connection, self.usual):
            with cursor.copy(statement.encode()) as copy:
                for block in sent:
                    self.check()
                    copy.write(block)
            return cursor.rowcount

    def stage(
        self, name: str, entity: Entity, fields: Sequence[Field], rows: Iterable[bytes], *, numbered: bool = False
    ) -> Stage:
        """Looked at by the planner, which else would take it for a small table."""
        table, columns = temporary(name), [f"v{number:d}" for number in range(len(fields))]
        self._make(table, entity, columns, [staged(field) for field in fields], numbered=numbered)
        count = self.copy(table, [NUMBER, *columns] if numbered else columns, rows)
        self.run(f"ANALYZE {table}")
        return Stage(table=table, fields=fields, rows=count)

    def make_like(
        self, name: str, entity: Entity, fields: Sequence[Field], columns: Sequence[str], *, numbered: bool = False
    ) -> str:
        """An empty temporary table whose columns have the types and collations of the fields."""
        table = temporary(name)
        self._make(table, entity, columns, [f"t.{quote(field.name)}" for field in fields], numbered=numbered)
        return table

    def _make(
        self, table: str, entity: Entity, columns: Sequence[str], expressions: Sequence[str], *, numbered: bool
    ) -> None:
        pairs = [*([("NULL::bigint", NUMBER)] if numbered else []), *zip(expressions, columns, strict=True)]
        listed = ", ".join(f"{sql} AS {column}" for sql, column in pairs)
        source = PostgresDialect().table(entity)
        self.drop(table)
        self.run(f"CREATE TEMPORARY TABLE {table} ON COMMIT DROP AS SELECT {listed} FROM {source} AS t WHERE false")

    def drop(self, table: str) -> None:
        self.run(f"DROP TABLE IF EXISTS {table}")

    def run(self, statement: str) -> int:
        return self.connection.execute(statement.encode()).rowcount

    def change(self, statement: str) -> int:
        with as_usual(self.connection, self.usual):
            return self.run(statement)


def staged(field: Field) -> str:
    return "NULL::json" if field.type.kind is Kind.ARRAY else f"t.{quote(field.name)}"


def temporary(name: str) -> str:
    """A digest, because names have limits and ours have none."""
    digest = blake2s(name.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
    return f"pg_temp.{quote(f'entrepot_{digest}')}"


def goes_straight(entity: Entity, fields: Sequence[Field]) -> bool:
    """Whether COPY can put these rows into the table itself."""
    return entity.kind is EntityKind.TABLE and all(field.type.kind is not Kind.ARRAY for field in fields)


def has_rules(entity: Entity) -> bool:
    """COPY knows none, and what people's own statements set off should be set off by ours, too."""
    return any(trigger.rule for trigger in firing(entity.triggers, [Event.INSERT]))


def insert_from(entity: Entity, stage: Stage) -> str:
    """OVERRIDING: a given number stands where the database would insist on its own. COPY needs no such word."""
    names = ", ".join(quoted(stage.fields))
    rows = f"SELECT {', '.join(stage.values())} FROM {stage.source} ORDER BY {ALIAS}.ctid"
    return f"INSERT INTO {table_name(entity)} ({names}) OVERRIDING SYSTEM VALUE {rows}"


def quoted(fields: Sequence[Field]) -> Iterator[str]:
    return (quote(field.name) for field in fields)
