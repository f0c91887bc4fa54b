"""Foreign keys are moved out of the way of many rows: dropped before the first, added again, which checks all rows at
once, before the commit. All in one transaction, so whatever goes wrong, they were never away.

Locks come first, parents before children, and each is waited for a short while only: whoever waits for a table keeps
everybody behind him waiting, too.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from entrepot.databases import complaints
from entrepot.databases.postgres.connect import PINNED
from entrepot.databases.postgres.names import literal, quote, table_name
from entrepot.databases.postgres.records import ForeignKeyRecord, read
from entrepot.model.catalog import Catalog, Entity, Relation
from entrepot.model.errors import EntrepotError, UnavailableError

if TYPE_CHECKING:
    import psycopg

LOCK_SECONDS = 3


@dataclass(frozen=True, kw_only=True)
class Moved:
    """The keys of one table, and what brings them back."""

    entity: Entity
    keys: Sequence[ForeignKeyRecord]

    @property
    def parents(self) -> set[str]:
        return {f"{quote(key.parent_schema)}.{quote(key.parent)}" for key in self.keys}

    @property
    def relations(self) -> tuple[Relation, ...]:
        names = {key.name for key in self.keys}
        return tuple(it for it in self.entity.relations if it.name in names and not it.declared)

    def drops(self) -> Iterator[str]:
        for key in self.keys:
            yield f"ALTER TABLE {table_name(self.entity)} DROP CONSTRAINT {quote(key.name)}"

    def additions(self) -> Iterator[str]:
        for key in self.keys:
            yield f"ALTER TABLE {table_name(self.entity)} ADD CONSTRAINT {quote(key.name)} {key.definition}"
            if key.comment is not None:
                own = f"{quote(key.name)} ON {table_name(self.entity)}"
                yield f"COMMENT ON CONSTRAINT {own} IS {literal(key.comment)}"


def movable(connection: psycopg.Connection, catalog: Catalog, keys: Sequence[Relation]) -> tuple[Moved, ...]:
    """Of the tables that have some, in the order of the keys. AccessError for whoever may not move them."""
    names: dict[str, set[str]] = {}
    for key in keys:
        names.setdefault(key.entity, set()).add(key.name)
    found = (_movable(connection, catalog.entity(entity), wanted) for entity, wanted in names.items())
    return tuple(moved for moved in found if moved.keys)


def _movable(connection: psycopg.Connection, entity: Entity, names: Collection[str]) -> Moved:
    there = read(connection, "foreign_keys", ForeignKeyRecord, {"schema": entity.schema, "table": entity.table})
    keys = [key for key in there if key.name in names]
    for key in keys:
        if not key.owned:
            raise complaints.not_exclusive(f"is not the owner of '{entity.title}', whose keys would be moved")
        if not (key.referable and key.lockable):
            raise complaints.not_exclusive(f"may not lock '{key.parent}' and refer to it")
    return Moved(entity=entity, keys=keys)


def locked(moved: Sequence[Moved]) -> tuple[str, ...]:
    """Tables that nobody else can use meanwhile, in the order in which they are locked."""
    own = [table_name(some.entity) for some in moved]
    parents = {parent for some in moved for parent in some.parents}
    return (*sorted(parents.difference(own)), *own)


def lock(connection: psycopg.Connection, moved: Sequence[Moved]) -> None:
    """What a transaction begins with; the rows that it sees are those after it has the locks."""
    from psycopg import errors

    connection.execute(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'".encode())
    for table in locked(moved):
        try:
            connection.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE".encode())
        except errors.LockNotAvailable as error:
            raise in_use(table) from error
    connection.execute(f"SET LOCAL lock_timeout = {literal(PINNED['lock_timeout'])}".encode())


def drop(connection: psycopg.Connection, moved: Moved) -> None:
    """Now that they are locked, the keys must be what they were when we looked."""
    if _movable(connection, moved.entity, {key.name for key in moved.keys}) != moved:
        raise complaints.schema_changed(f"'{moved.entity.name}' has other foreign keys now")
    for statement in moved.drops():
        connection.execute(statement.encode())


def put_back(connection: psycopg.Connection, moved: Moved) -> None:
    for statement in moved.additions():
        connection.execute(statement.encode())


def in_use(table: str) -> EntrepotError:
    return UnavailableError(
        "locked",
        f"Somebody else is using {table}, so it could not be had alone within {LOCK_SECONDS} seconds. "
        "Nothing was written.",
        remedy="Run it again at a quieter time, or, if that was asked for, without --exclusive.",
    )
