"""The numbers that AUTOINCREMENT gives. All others are one more than the largest there is."""

from __future__ import annotations

import sqlite3

from entrepot.databases.sqlite.ddl import read_table
from entrepot.databases.sqlite.dialect import SqliteDialect
from entrepot.model.catalog import Entity


def settle_counters(connection: sqlite3.Connection, entity: Entity) -> None:
    """Never backwards."""
    if not any(column.autoincrement for column in read_table(entity.ddl or "").columns.values()):
        return
    dialect = SqliteDialect()
    largest = f"SELECT max({dialect.quote(entity.primary_key[0])}) AS number FROM {dialect.table(entity)}"
    updated = connection.execute(
        f"UPDATE main.sqlite_sequence SET seq = max(seq, coalesce(({largest}), 0)) WHERE name = ?", (entity.table,)
    )
    if not updated.rowcount:
        insert = f"INSERT INTO main.sqlite_sequence (name, seq) SELECT ?, number FROM ({largest}) WHERE number > 0"
        connection.execute(insert, (entity.table,))


def last_given(connection: sqlite3.Connection, entity: Entity, field: str) -> int:
    """The largest number that a row has, or had where the table remembers it."""
    dialect = SqliteDialect()
    largest = f"SELECT coalesce(max({dialect.quote(field)}), 0) FROM {dialect.table(entity)}"
    found = [int(connection.execute(largest).fetchone()[0])]
    if any(column.autoincrement for column in read_table(entity.ddl or "").columns.values()):
        asked = "SELECT seq FROM main.sqlite_sequence WHERE name = ?"
        found += [int(seq) for (seq,) in connection.execute(asked, (entity.table,))]
    return max(found)
