"""Keys that are remembered and looked for, as the fields that they were kept for compare."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass

from entrepot.databases.compile import ROWS
from entrepot.databases.conditions import Conditions
from entrepot.databases.sqlite.compile import SqliteCompiler
from entrepot.databases.sqlite.dialect import BUILT_IN, SqliteDialect
from entrepot.databases.sqlite.loading import NUMBER, Loader, insert_into, make_like, temporary
from entrepot.model.catalog import Entity, Field
from entrepot.model.selection import Query
from entrepot.model.templates import Chunk, Form, RowTemplate
from entrepot.model.types import Kind

KEYS = "k"
"""What a set of keys is called in a statement."""


@dataclass(frozen=True)
class HavingKeys(SqliteCompiler):
    """Reads the rows whose fields equal a kept key, in whatever order they are found."""

    name: str
    kept: Sequence[Field]
    """For which the keys were kept. By these they compare, as a parent's do with those of its children."""
    fields: Sequence[Field]
    numbered: bool = False
    """The number of the key stands before each row."""

    def row(self, query: Query, template: RowTemplate) -> str:
        line = super().row(query, template)
        if not self.numbered:
            return line
        return f"{KEYS}.{NUMBER} || {self.dialect.string(',' if query.columns else '')} || ({line})"

    def source(self, query: Query) -> str:
        keys = f"{temporary(f'keys {self.name}')} AS {KEYS}"
        ours = (same_as(f"{ROWS}.{self.dialect.quote(field.name)}", field) for field in self.fields)
        theirs = (_term(f"{KEYS}.k{number:d}", field) for number, field in enumerate(self.kept))
        on = " AND ".join(f"{left} = {right}" for left, right in zip(ours, theirs, strict=True))
        if query.where is not None:
            on += f" AND ({Conditions(self.dialect, self.catalog).of(query.where, query.entity, ROWS)})"
        return f" FROM {self.dialect.table(query.entity)} AS {ROWS} JOIN {keys} ON {on}"

    def order(self, query: Query) -> str:
        return ""


def keep_keys(
    loader: Loader, name: str, entity: Entity, fields: Sequence[Field], rows: Iterable[bytes], *, numbered: bool
) -> int:
    """Each once; a key with a NULL equals no other, so it is not kept. Keys mostly come once each, so that is tried
    first."""
    columns, first = [f"k{number:d}" for number in range(len(fields))], NUMBER if numbered else "rowid"
    table = temporary(f"keys {name}")
    make_like(loader.connection, table, entity, fields, columns, numbered=numbered)
    alone = len(fields) == 1 and not numbered
    kept = loader.many(insert_into(table, columns, fields, numbered=numbered), rows, alone=alone)
    kept -= _delete(loader, f"{table} WHERE {' OR '.join(f'{column} IS NULL' for column in columns)}")
    terms = _terms(columns, fields)
    loader.connection.execute(f"DROP TABLE IF EXISTS {doubles(name)}")
    if not _is_indexed(loader.connection, table, terms):
        if numbered:
            _set_aside(loader.connection, name, terms)
        kept -= _delete(loader, f"{table} WHERE {first} NOT IN (SELECT min({first}) FROM {table} GROUP BY {terms})")
        _is_indexed(loader.connection, table, terms)
    return kept


def _set_aside(connection: sqlite3.Connection, name: str, terms: str) -> None:
    """The keys that equal one with a lower number."""
    counted = f"SELECT {NUMBER}, min({NUMBER}) OVER (PARTITION BY {terms}) AS first FROM {temporary(f'keys {name}')}"
    connection.execute(
        f"CREATE TABLE {doubles(name)} AS SELECT {NUMBER}, first FROM ({counted}) WHERE {NUMBER} <> first"
    )


def doubles(name: str) -> str:
    """The table of keys that were set aside; there is one only where there are such keys."""
    return temporary(f"doubles {name}")


def doubled(connection: sqlite3.Connection, name: str, rows: int) -> Iterator[Chunk]:
    found = connection.execute("SELECT 1 FROM temp.sqlite_schema WHERE name = ?", (doubles(name).partition(".")[2],))
    if found.fetchone() is None:
        return
    with closing(connection.execute(f"SELECT {NUMBER}, first FROM {doubles(name)}")) as cursor:
        while pairs := cursor.fetchmany(rows):
            yield Chunk(data="".join(f"{number:d},{first:d}\n" for number, first in pairs).encode(), rows=len(pairs))


def _delete(loader: Loader, what: str) -> int:
    return loader.connection.execute(f"DELETE FROM {what}").rowcount


def _is_indexed(connection: sqlite3.Connection, table: str, terms: str) -> bool:
    """False if a key comes twice."""
    index = f"{table}_index"
    try:
        connection.execute(f"CREATE UNIQUE INDEX {index} ON {table.partition('.')[2]} ({terms})")
    except sqlite3.IntegrityError:
        return False
    return True


def index(connection: sqlite3.Connection, stage: str, keys: Sequence[Field]) -> None:
    """The keys are the first columns of a stage."""
    terms = _terms([f"v{number:d}" for number in range(len(keys))], keys)
    connection.execute(f"CREATE INDEX {stage}_index ON {stage.partition('.')[2]} ({terms})")


def _terms(columns: Sequence[str], fields: Sequence[Field]) -> str:
    return ", ".join(_term(column, field) for column, field in zip(columns, fields, strict=True))


def _term(column: str, field: Field) -> str:
    """By the field's own collation, unless only its application knows it."""
    collation = (field.collation or "BINARY").upper()
    return f"{same_as(column, field)} COLLATE {collation if collation in BUILT_IN else 'BINARY'}"


def same_as(sql: str, field: Field) -> str:
    """Values of a column without a type compare by their texts: what comes from a file is always one."""
    return f"({SqliteDialect().text(sql, field, Form.TEXT)})" if field.type.kind is Kind.OTHER else sql
