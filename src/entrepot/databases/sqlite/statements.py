"""The statements that change rows. Most run once for each row that is sent. Where rows refer to others of their own
table, a constraint may only be asked when all of them are there; and where no index leads to a key, looking for it row
by row would read the table as often: there the rows come by way of a temporary table, in one statement."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from entrepot.databases.compile import ROWS
from entrepot.databases.sqlite.dialect import SqliteDialect
from entrepot.databases.sqlite.keysets import same_as
from entrepot.databases.sqlite.storing import stored
from entrepot.model.catalog import Entity, Field

DIALECT = SqliteDialect()


def goes_row_by_row(entity: Entity, key: Sequence[str]) -> bool:
    found = any(fields and set(fields) <= set(key) for fields in _indexes(entity))
    return found and not entity.refers_to_itself


def indexed(entity: Entity, fields: Sequence[str]) -> bool:
    """Whether rows are found by these fields, or the first of them."""
    return any(found and found[0] in fields for found in _indexes(entity))


def _indexes(entity: Entity) -> Iterator[Sequence[str]]:
    yield entity.primary_key
    yield from (key.fields for key in entity.keys)
    yield from (index.fields for index in entity.indexes)


def insert(entity: Entity, fields: Sequence[Field], value: Callable[[Field, int], str] = stored) -> str:
    values = ", ".join(value(field, number) for number, field in enumerate(fields, start=1))
    return f"INSERT INTO {DIALECT.table(entity)} ({_names(fields)}) VALUES ({values})"


def insert_from(entity: Entity, fields: Sequence[Field], stage: str) -> str:
    values = ", ".join(f"s.v{number:d}" for number in range(len(fields)))
    rows = f"SELECT {values} FROM {stage} AS s ORDER BY s.rowid"
    return f"INSERT INTO {DIALECT.table(entity)} ({_names(fields)}) {rows}"


def update(entity: Entity, keys: Sequence[Field], fields: Sequence[Field]) -> str:
    values = (stored(field, number) for number, field in enumerate(fields, start=len(keys) + 1))
    return f"UPDATE {DIALECT.table(entity)} AS {ROWS} SET {_set(fields, values)} WHERE {_found(keys)}"


def update_from(entity: Entity, keys: Sequence[Field], fields: Sequence[Field], stage: str) -> str:
    values = (f"s.v{number:d}" for number in range(len(keys), len(keys) + len(fields)))
    theirs = (same_as(f"s.v{number:d}", field) for number, field in enumerate(keys))
    found = " AND ".join(f"{ours} = {their}" for ours, their in zip(_ours(keys), theirs, strict=True))
    return f"UPDATE {DIALECT.table(entity)} AS {ROWS} SET {_set(fields, values)} FROM {stage} AS s WHERE {found}"


def delete(entity: Entity, keys: Sequence[Field]) -> str:
    return f"DELETE FROM {DIALECT.table(entity)} AS {ROWS} WHERE {_found(keys)}"


def delete_in(entity: Entity, keys: Sequence[Field], stage: str) -> str:
    return f"DELETE FROM {DIALECT.table(entity)} AS {ROWS} WHERE {staged(keys, stage)}"


def _found(keys: Sequence[Field]) -> str:
    """Whether a row has the key that comes first in the parameters."""
    given = (stored(field, number) for number, field in enumerate(keys, start=1))
    return " AND ".join(f"{ours} = {value}" for ours, value in zip(_ours(keys), given, strict=True))


def staged(keys: Sequence[Field], stage: str) -> str:
    """Whether a row has the key of one that came."""
    theirs = [same_as(f"s.v{number:d}", field) for number, field in enumerate(keys)]
    return DIALECT.matched(list(_ours(keys)), theirs, f"{stage} AS s", ())


def _ours(keys: Sequence[Field]) -> Iterator[str]:
    return (same_as(f"{ROWS}.{DIALECT.quote(field.name)}", field) for field in keys)


def _set(fields: Sequence[Field], values: Iterator[str]) -> str:
    pairs = zip(fields, values, strict=True)
    return ", ".join(f"{DIALECT.quote(field.name)} = {value}" for field, value in pairs)


def _names(fields: Sequence[Field]) -> str:
    return ", ".join(DIALECT.quote(field.name) for field in fields)
