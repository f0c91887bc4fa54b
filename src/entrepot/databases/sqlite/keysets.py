"""Keys that are remembered and looked for, as the fields themselves compare."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from entrepot.databases.compile import ROWS
from entrepot.databases.sqlite.compile import SqliteCompiler
from entrepot.databases.sqlite.dialect import BUILT_IN, SqliteDialect
from entrepot.databases.sqlite.loading import Loader, insert_into, make_like, temporary
from entrepot.model.catalog import Entity, Field
from entrepot.model.selection import Query
from entrepot.model.templates import Form
from entrepot.model.types import Kind

KEYS = "k"
"""What a set of keys is called in a statement."""


@dataclass(frozen=True)
class HavingKeys(SqliteCompiler):
    """Reads the rows whose fields equal a kept key, in whatever order they are found."""

    name: str
    fields: Sequence[Field]

    def source(self, query: Query) -> str:
        keys = f"{temporary(f'keys {self.name}')} AS {KEYS}"
        ours = (same_as(f"{ROWS}.{self.dialect.quote(field.name)}", field) for field in self.fields)
        theirs = (same_as(f"{KEYS}.k{number:d}", field) for number, field in enumerate(self.fields))
        on = " AND ".join(f"{left} = {right}" for left, right in zip(ours, theirs, strict=True))
        return f" FROM {self.dialect.table(query.entity)} AS {ROWS} JOIN {keys} ON {on}"

    def order(self, query: Query) -> str:
        return ""


def keep_keys(loader: Loader, name: str, entity: Entity, fields: Sequence[Field], rows: Iterable[bytes]) -> int:
    """Each once; a key with a NULL equals no other, so it is not kept. Keys mostly come once each, so that is tried
    first."""
    columns = [f"k{number:d}" for number in range(len(fields))]
    table = temporary(f"keys {name}")
    make_like(loader.connection, table, entity, fields, columns)
    kept = loader.many(insert_into(table, columns, fields), rows, alone=len(fields) == 1)
    kept -= _delete(loader, f"{table} WHERE {' OR '.join(f'{column} IS NULL' for column in columns)}")
    terms = _terms(columns, fields)
    if not _is_indexed(loader.connection, table, terms):
        kept -= _delete(loader, f"{table} WHERE rowid NOT IN (SELECT min(rowid) FROM {table} GROUP BY {terms})")
        _is_indexed(loader.connection, table, terms)
    return kept


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
