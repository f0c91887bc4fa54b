"""Row sets: temporary tables of primary keys."""

from __future__ import annotations

import sqlite3

from entrepot.databases.compile import Compiler
from entrepot.model.catalog import Entity
from entrepot.model.errors import InputError
from entrepot.model.selection import Query


def create_rowset(connection: sqlite3.Connection, compiler: Compiler, name: str, entity: Entity) -> None:
    """Columns without a type keep every key as it is."""
    if not entity.primary_key:
        raise InputError(
            "no_primary_key",
            f"'{entity.title}' has no primary key, so a set of its rows cannot be remembered.",
            remedy="Give it a primary key, or export it without related rows.",
        )
    keys = ", ".join(f"k{number}" for number in range(len(entity.primary_key)))
    connection.execute(f"CREATE TABLE {compiler.dialect.rowset(name)} ({keys}, PRIMARY KEY ({keys})) WITHOUT ROWID")


def add_to_rowset(connection: sqlite3.Connection, compiler: Compiler, name: str, query: Query) -> int:
    """A row whose key holds a NULL equals no row, so it is left out."""
    insert = f"INSERT OR IGNORE INTO {compiler.dialect.rowset(name)} {compiler.keys(query)}"
    return connection.execute(insert).rowcount
