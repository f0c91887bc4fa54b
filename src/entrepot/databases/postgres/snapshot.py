"""How a consistent view begins: rights, locks, then the snapshot, then a second look at the schema.

The order is the point. A REPEATABLE READ transaction freezes at its first query, and LOCK TABLE is none: so the
tables are locked against DDL before the moment that everything is read at, and what was read of the schema
earlier is compared with what it is at that moment.

The transaction is not READ ONLY as a whole, because row sets need temporary tables; everything is read inside a
savepoint that is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from entrepot.databases.complaints import schema_changed
from entrepot.databases.postgres.failures import permission_denied, row_level_security
from entrepot.databases.postgres.introspect import read_catalog
from entrepot.databases.postgres.names import quote
from entrepot.databases.postgres.records import AccessRecord, read
from entrepot.databases.postgres.settled import until_settled
from entrepot.model.catalog import Catalog, Entity

if TYPE_CHECKING:
    import psycopg

LOCKED_AT_ONCE = 500
"""Tables per LOCK statement; thousands of them would make a statement of megabytes."""
LARGE_PAGES = 4096
"""32 MB: a table from which on it pays to open a second connection."""
RANGES_SINCE = 140000
"""PostgreSQL 14 reads a range of pages without looking at the others."""

MOMENT = """
SELECT pg_catalog.concat_ws(
    ' ', current_user, pg_catalog.current_database(), pg_catalog.txid_current_snapshot(),
    pg_catalog.pg_postmaster_start_time()
)
"""


@dataclass(frozen=True, kw_only=True)
class Frozen:
    """A view of the database at one moment."""

    identity: str
    shared: str | None = None
    """By this name another connection can see the same; None if there is no need for one."""
    moment: str = ""
    """What such a connection says of itself if it is the same server, database and user."""
    pages: Mapping[tuple[str | None, str], int]
    """Of the large tables, by schema and name."""


def begin_snapshot(connection: psycopg.Connection, default_schema: str, entities: Sequence[Entity]) -> Frozen:
    """Freeze the view."""
    records, identity = begin(connection, default_schema, entities)
    pages = _large(connection, records)
    shared = _share(connection) if pages else None  # not possible any more within the savepoint
    moment = moment_of(connection) if shared else ""
    begin_reading(connection)
    return Frozen(identity=identity, shared=shared, moment=moment, pages=pages)


def begin(
    connection: psycopg.Connection,
    default_schema: str,
    entities: Sequence[Entity],
    first: Callable[[psycopg.Connection], None] | None = None,
) -> tuple[Sequence[AccessRecord], str]:
    """A transaction that sees one moment, in which nobody changes the schema; and the moment's name. `first`: locks
    that must be had before."""
    records = _check_access(connection, entities)

    def begun() -> str:
        connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
        if first is not None:
            first(connection)
        for statement in _locks(records):
            connection.execute(statement)
        row = connection.execute(
            "SELECT pg_catalog.txid_current_snapshot()::pg_catalog.text, pg_catalog.now()::pg_catalog.text"
        ).fetchone()
        compare(read_catalog(connection, default_schema), entities)
        return f"{row[0]} of {row[1]}" if row else "unnamed"

    return records, until_settled(connection, begun)


def _large(connection: psycopg.Connection, records: Sequence[AccessRecord]) -> dict[tuple[str | None, str], int]:
    if connection.info.server_version < RANGES_SINCE:
        return {}
    return {(record.schema, record.name): record.pages for record in records if record.pages >= LARGE_PAGES}


def _share(connection: psycopg.Connection) -> str | None:
    row = connection.execute("SELECT pg_catalog.pg_export_snapshot()").fetchone()
    return str(row[0]) if row else None


def moment_of(connection: psycopg.Connection) -> str:
    row = connection.execute(MOMENT).fetchone()
    return str(row[0]) if row else ""


def begin_reading(connection: psycopg.Connection) -> None:
    connection.execute("SAVEPOINT reading")
    connection.execute("SET TRANSACTION READ ONLY")


def end_reading(connection: psycopg.Connection) -> None:
    """Back to where temporary tables may be made; the snapshot stays."""
    connection.execute("RELEASE SAVEPOINT reading")


def resume_reading(connection: psycopg.Connection) -> None:
    """After a read that was broken off: the savepoint undoes the failure, the snapshot stays."""
    connection.execute("ROLLBACK TO SAVEPOINT reading")
    connection.execute("SET TRANSACTION READ ONLY")


def compare(now: Catalog, entities: Iterable[Entity]) -> None:
    """What the rows look like must be what the caller's catalog said; names people gave do not matter."""
    present = {(entity.schema, entity.table): entity for entity in now.entities}
    for entity in entities:
        current = present.get((entity.schema, entity.table))
        if current is None:
            raise schema_changed(f"'{entity.name}' is gone")
        if _shape(current) != _shape(entity):
            raise schema_changed(f"'{entity.name}' has other fields now")


def _shape(entity: Entity) -> object:
    fields = tuple((f.name, f.type, f.native, f.nullable, f.origin, f.expression) for f in entity.fields)
    return entity.kind, entity.only, entity.primary_key, fields


def _check_access(connection: psycopg.Connection, entities: Sequence[Entity]) -> Sequence[AccessRecord]:
    wanted = {"schemas": [e.schema for e in entities], "tables": [e.table for e in entities]}
    records = read(connection, "access", AccessRecord, wanted)
    found = {(record.schema, record.name): record for record in records}
    for entity in entities:
        record = found.get((entity.schema or "", entity.table))
        if record is None:
            raise schema_changed(f"'{entity.name}' is gone")
        if not record.readable:
            raise permission_denied(entity.name)
        if record.hidden:
            raise row_level_security(entity.name)
    return records


def _locks(records: Sequence[AccessRecord]) -> Iterator[bytes]:
    """Materialised views cannot be named in LOCK TABLE: an empty read locks them, as the last step."""
    names = [f"{quote(r.schema)}.{quote(r.name)}" for r in records if r.kind != "m"]
    for start in range(0, len(names), LOCKED_AT_ONCE):
        yield f"LOCK TABLE {', '.join(names[start : start + LOCKED_AT_ONCE])} IN ACCESS SHARE MODE".encode()
    for record in records:
        if record.kind == "m":
            yield f"SELECT FROM {quote(record.schema)}.{quote(record.name)} LIMIT 0".encode()
