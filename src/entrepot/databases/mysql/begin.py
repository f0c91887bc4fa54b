"""How an import begins: the table of marks, then the transaction, then locks against DDL and a look at the schema."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from entrepot.databases.mysql.marks import ensure_table
from entrepot.databases.mysql.snapshot import begin_snapshot
from entrepot.model.catalog import Entity
from entrepot.model.errors import InputError

if TYPE_CHECKING:
    import pymysql

    from entrepot.databases.mysql.connect import Connection


def begin_changes(connection: Connection, entities: Sequence[Entity], *, write: bool) -> str:
    """Returns the moment's identity."""
    for entity in entities:
        _require_transactional(entity)
    if not write:
        return begin_snapshot(connection, entities)
    ensure_table(connection)
    with connection.cursor() as cursor:
        if not _logs_statements(cursor):
            cursor.execute("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED")
    return begin_snapshot(connection, entities, "START TRANSACTION")


def _require_transactional(entity: Entity) -> None:
    if not entity.transactional:
        raise InputError(
            "not_transactional",
            f"'{entity.title}' is kept by an engine without transactions, so an import that fails could not be undone.",
            remedy=f"Convert it first: ALTER TABLE {entity.table} ENGINE=InnoDB.",
        )


def _logs_statements(cursor: pymysql.cursors.Cursor) -> bool:
    """Such a log, which replicas repeat, wants REPEATABLE READ and its wider locks."""
    cursor.execute("SELECT @@GLOBAL.log_bin, @@SESSION.binlog_format")
    on, kind = cursor.fetchone() or (0, "")
    return bool(on) and kind == "STATEMENT"
