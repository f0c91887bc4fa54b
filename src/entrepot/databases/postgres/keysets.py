"""Keys that are remembered and looked for, in the types and collations of the fields themselves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from entrepot.databases.compile import ROWS, Compiler
from entrepot.databases.conditions import Conditions
from entrepot.databases.postgres.loading import ALIAS, NUMBER, Loader, goes_straight, temporary
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


@dataclass(frozen=True)
class NumberedCompiler(GivenCompiler):
    """The number of the key stands before each row."""

    def select(self, query: Query, expressions: Sequence[str]) -> str:
        return super().select(query, [f"{KEYS}.{NUMBER}", *expressions])


def key_columns(fields: Sequence[Field]) -> list[str]:
    return [f"k{number:d}" for number in range(len(fields))]


def keep_keys(
    loader: Loader, name: str, entity: Entity, fields: Sequence[Field], rows: Iterable[bytes], *, numbered: bool
) -> int:
    """Each once; a key with a NULL equals no other, so it is not kept. Keys mostly come once each, so that is tried
    first: an index that finds a second one is no index."""
    columns = key_columns(fields)
    table = loader.make_like(f"keys {name}", entity, fields, columns, numbered=numbered)
    kept = _fill(loader, table, entity, fields, rows, numbered=numbered)
    if any(field.nullable for field in fields):
        kept -= loader.run(f"DELETE FROM {table} WHERE {' OR '.join(f'{column} IS NULL' for column in columns)}")
    loader.drop(doubles(name))
    if not is_indexed(loader, table, columns):
        kept = kept - _set_aside(loader, name, columns) if numbered else _make_single(loader, table, columns)
    loader.run(f"ANALYZE {table}")
    return kept


def _fill(
    loader: Loader, table: str, entity: Entity, fields: Sequence[Field], rows: Iterable[bytes], *, numbered: bool
) -> int:
    columns = [*([NUMBER] if numbered else []), *key_columns(fields)]
    if all(goes_straight(entity, (field,)) for field in fields):
        return loader.copy(table, columns, rows)
    stage = loader.stage("keys", entity, fields, rows, numbered=numbered)
    values = [*([f"{ALIAS}.{NUMBER}"] if numbered else []), *stage.values()]
    loader.change(f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(values)} FROM {stage.source}")
    loader.drop(stage.table)
    return stage.rows


def is_indexed(loader: Loader, table: str, columns: Sequence[str]) -> bool:
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


def _set_aside(loader: Loader, name: str, columns: Sequence[str]) -> int:
    """The keys that equal one with a lower number; how many."""
    table, others, listed = temporary(f"keys {name}"), doubles(name), ", ".join(columns)
    counted = f"SELECT {NUMBER}, pg_catalog.min({NUMBER}) OVER (PARTITION BY {listed}) AS first FROM {table}"
    loader.run(
        f"CREATE TEMPORARY TABLE {others} ON COMMIT DROP AS "
        f"SELECT {NUMBER}, first FROM ({counted}) AS counted WHERE {NUMBER} <> first"
    )
    gone = loader.run(f"DELETE FROM {table} AS k USING {others} AS d WHERE k.{NUMBER} = d.{NUMBER}")
    is_indexed(loader, table, columns)
    return gone


def doubles(name: str) -> str:
    """The table of keys that were set aside; there is one only where there are such keys."""
    return temporary(f"doubles {name}")


def asked_for_doubles(connection: psycopg.Connection, name: str) -> str | None:
    """The statement that reads them."""
    there = connection.execute("SELECT pg_catalog.to_regclass(%s)::pg_catalog.text", (doubles(name),)).fetchone()
    if there is None or there[0] is None:
        return None
    return f"COPY (SELECT {NUMBER}, first FROM {doubles(name)}) TO STDOUT (FORMAT csv)"


def having_keys(
    connection: psycopg.Connection, compiler: Compiler, name: str, query: Query, fields: Sequence[Field]
) -> str:
    """FROM and JOIN of the rows whose fields equal a kept key, and that the query wants."""
    ours = [f"{ROWS}.{quote(field.name)}" for field in fields]
    theirs = [f"{KEYS}.{column}" for column in key_columns(fields)]
    on = equal(connection, query.entity, fields, ours, theirs)
    if query.where is not None:
        on += f" AND ({Conditions(compiler.dialect, compiler.catalog).of(query.where, query.entity, ROWS)})"
    plain = compiler.source(replace(query, where=None))
    return f"{plain} JOIN {temporary(f'keys {name}')} AS {KEYS} ON {on}"


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
