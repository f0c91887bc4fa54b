"""How a consistent view begins: rights, the snapshot, locks against DDL, then a second look at the schema.

The order is the point. The snapshot is of a moment; a read of every table then takes a metadata lock, which keeps
DDL away until the transaction ends, and fails with 1412 where DDL came between the two. What was read of the schema
earlier is compared with what it is under the locks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from entrepot.databases.complaints import schema_changed
from entrepot.databases.mysql.failures import number_of, permission_denied
from entrepot.databases.mysql.introspect import DENIED, read_catalog
from entrepot.databases.mysql.names import quote, table_name
from entrepot.model.catalog import Catalog, Entity, EntityKind
from entrepot.model.problems import Category, Place, Problem, Severity

if TYPE_CHECKING:
    from entrepot.databases.mysql.connect import Connection

FROZEN = "START TRANSACTION WITH CONSISTENT SNAPSHOT"


def begin_snapshot(connection: Connection, entities: Sequence[Entity], start: str = FROZEN) -> str:
    """Freeze the view, or `start` another transaction; returns its identity."""
    for entity in entities:
        _require_readable(connection, entity)
    with connection.cursor() as cursor:
        cursor.execute("SELECT CONCAT(UTC_TIMESTAMP(6))")
        moment = cursor.fetchone()
        cursor.execute(start)
        for entity in entities:
            _touch(connection, entity)
    compare(read_catalog(connection), entities)
    return f"{moment[0] if moment else '?'} UTC{_position(connection)}"


def _require_readable(connection: Connection, entity: Entity) -> None:
    """SHOW CREATE TABLE needs a right on the whole table; a right on some columns would show some columns."""
    statements = [f"SELECT 1 FROM {table_name(entity)} LIMIT 0"]
    if entity.kind is EntityKind.TABLE:
        statements.append(f"SHOW CREATE TABLE {table_name(entity)}")
    for statement in statements:
        _asked(connection, entity, statement)


def _asked(connection: Connection, entity: Entity, statement: str) -> None:
    import pymysql

    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
    except pymysql.Error as error:
        if number_of(error) in DENIED:
            raise permission_denied(entity.name) from error
        raise


def _touch(connection: Connection, entity: Entity) -> None:
    """A view is asked for nothing: its tables are locked, and its rows may be costly."""
    columns = ", ".join(quote(field.name) for field in entity.fields) or "1"
    limit = 1 if entity.kind is EntityKind.TABLE else 0
    _asked(connection, entity, f"SELECT 1 FROM (SELECT {columns} FROM {table_name(entity)} LIMIT {limit}) touched")


def _position(connection: Connection) -> str:
    """The place in the binary log that the snapshot belongs to, where the server tells (MariaDB, log on)."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW STATUS LIKE 'Binlog_snapshot_%'")
        status = dict(cursor.fetchall())
    file = status.get("Binlog_snapshot_file")
    return f", binary log {file}:{status.get('Binlog_snapshot_position')}" if file else ""


def compare(now: Catalog, entities: Iterable[Entity]) -> None:
    """What the rows look like must be what the caller's catalog said; names people gave do not matter."""
    present = {entity.table: entity for entity in now.entities}
    for entity in entities:
        current = present.get(entity.table)
        if current is None:
            raise schema_changed(f"'{entity.name}' is gone")
        if _shape(current) != _shape(entity):
            raise schema_changed(f"'{entity.name}' has other fields now")


def _shape(entity: Entity) -> object:
    fields = tuple((f.name, f.type, f.native, f.nullable, f.origin, f.expression, f.collation) for f in entity.fields)
    return entity.kind, entity.primary_key, fields


def uncovered(entities: Iterable[Entity]) -> Iterator[Problem]:
    """Tables that no snapshot covers: their rows are those of the moment each one is read."""
    for entity in entities:
        if not entity.transactional:
            yield Problem(
                code="not_transactional",
                message=f"'{entity.title}' is kept by an engine without transactions, so changes during the export "
                "may be in it in part.",
                remedy="Convert it (ALTER TABLE … ENGINE=InnoDB), or export while nobody writes to it.",
                severity=Severity.WARNING,
                category=Category.INTEGRITY,
                place=Place(entity=entity.name),
            )
