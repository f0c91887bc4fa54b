"""Keys that are remembered and looked for, in the types and collations of the fields themselves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from entrepot.databases.compile import ROWS, Compiler
from entrepot.databases.postgres.loading import Loader, goes_straight, temporary
from entrepot.databases.postgres.names import quote
from entrepot.databases.postgres.records import EqualityRecord, read
from entrepot.model.catalog import Entity, Field
from entrepot.model.selection import Query

if TYPE_CHECKING:
    import psycopg

KEYS = "k"
"""What a set of keys is called in a statement."""


@dataclass(frozen=True)
class GivenCompiler(Compiler):
    """Reads rows, called `ROWS`, from what it is given instead of from the entity."""

    given: str

    def source(self, query: Query) -> str:
        return self.given


def key_columns(fields: Sequence[Field]) -> list[str]:
    return [f"k{number:d}" for number in range(len(fields))]


def keep_keys(loader: Loader, name: str, entity: Entity, fields: Sequence[Field], rows: Iterable[bytes]) -> int:
    """Each once; a key with a NULL equals no other, so it is not kept. Keys mostly come once each, so that is tried
    first: an index that finds a second one is no index."""
    columns = key_columns(fields)
    table = loader.make_like(f"keys {name}", entity, fields, columns)
    kept = _fill(loader, table, entity, fields, rows)
    if any(field.nullable for field in fields):
        kept -= loader.run(f"DELETE FROM {table} WHERE {' OR '.join(f'{column} IS NULL' for column in columns)}")
    if not _is_indexed(loader, table, columns):
        kept = _make_single(loader, table, columns)
    loader.run(f"ANALYZE {table}")
    return kept


def _fill(loader: Loader, table: str, entity: Entity, fields: Sequence[Field], rows: Iterable[bytes]) -> int:
    columns = key_columns(fields)
    if all(goes_straight(entity, (field,)) for field in fields):
        return loader.copy(table, columns, rows)
    stage = loader.stage("keys", entity, fields, rows)
    loader.change(f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(stage.values())} FROM {stage.source}")
    loader.drop(stage.table)
    return stage.rows


def _is_indexed(loader: Loader, table: str, columns: Sequence[str]) -> bool:
    """False for keys that come twice, and for keys too long, or of a type, for no index."""
    from psycopg import errors

    loader.run("SAVEPOINT keys")
    try:
        loader.run(f"CREATE UNIQUE INDEX ON {table} ({', '.join(columns)})")
    except (errors.UniqueViolation, errors.ProgramLimitExceeded, errors.UndefinedObject):
        loader.run("ROLLBACK TO SAVEPOINT keys")
        return False
    loader.run("RELEASE SAVEPOINT keys")
    return True


def _make_single(loader: Loader, table: str, columns: Sequence[str]) -> int:
    several, listed = temporary("keys that come twice"), ", ".join(columns)
    loader.drop(several)
    loader.run(f"CREATE TEMPORARY TABLE {several} ON COMMIT DROP AS SELECT DISTINCT {listed} FROM {table}")
    loader.run(f"TRUNCATE {table}")
    kept = loader.run(f"INSERT INTO {table} ({listed}) SELECT {listed} FROM {several}")
    loader.drop(several)
    return kept


def having_keys(
    connection: psycopg.Connection, compiler: Compiler, name: str, query: Query, fields: Sequence[Field]
) -> str:
    """FROM and JOIN of the rows whose fields equal a kept key."""
    ours = [f"{ROWS}.{quote(field.name)}" for field in fields]
    theirs = [f"{KEYS}.{column}" for column in key_columns(fields)]
    on = equal(connection, query.entity, fields, ours, theirs)
    return f"{compiler.source(query)} JOIN {temporary(f'keys {name}')} AS {KEYS} ON {on}"


def equal(
    connection: psycopg.Connection, entity: Entity, fields: Sequence[Field], ours: Sequence[str], theirs: Sequence[str]
) -> str:
    """Operators by their full names: nobody's `=` of another schema may answer instead."""
    wanted = {"schema": entity.schema, "table": entity.table, "fields": [field.name for field in fields]}
    found = {record.name: record.operator for record in read(connection, "equality", EqualityRecord, wanted)}
    pairs = zip(fields, ours, theirs, strict=True)
    return " AND ".join(
        f"{left} OPERATOR({found.get(field.name, 'pg_catalog.=')}) {right}" for field, left, right in pairs
    )
