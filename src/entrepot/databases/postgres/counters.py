"""Sequences that must not give out a number that is taken."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from entrepot.databases.minted import AT_ONCE, beyond, chunks
from entrepot.databases.postgres.dialect import PostgresDialect
from entrepot.databases.postgres.names import literal, quote
from entrepot.databases.postgres.records import CounterRecord, read
from entrepot.model.catalog import Entity, Field
from entrepot.model.templates import Chunk

if TYPE_CHECKING:
    import psycopg


def settle_counters(connection: psycopg.Connection, entity: Entity) -> None:
    """Never backwards. A sequence is outside of transactions: if this one comes to nothing, numbers are left out."""
    wanted = {"schema": entity.schema, "table": entity.table}
    for counter in read(connection, "counters", CounterRecord, wanted):
        connection.execute(_settled(entity, counter).encode())


def _settled(entity: Entity, counter: CounterRecord) -> str:
    """In one statement, so that nobody draws a number between the look and the change."""
    sequence = f"{quote(counter.schema)}.{quote(counter.name)}"
    furthest, beyond = ("max", ">") if counter.increment > 0 else ("min", "<")
    taken = f"SELECT {furthest}({quote(counter.field)})::bigint AS number FROM {PostgresDialect().table(entity)}"
    ahead = f"t.number {beyond} s.last_value OR (t.number = s.last_value AND NOT s.is_called)"
    return f"SELECT setval({literal(sequence)}::regclass, t.number) FROM ({taken}) AS t, {sequence} AS s WHERE {ahead}"


def new_keys(connection: psycopg.Connection, entity: Entity, field: Field, count: int) -> Iterator[Chunk]:
    """Those of the field's sequence, which nobody gets twice. Without one, the next after all that are taken, while
    nobody else can add rows."""
    wanted = {"schema": entity.schema, "table": entity.table}
    counters = [one for one in read(connection, "counters", CounterRecord, wanted) if one.field == field.name]
    if counters:
        settle_counters(connection, entity)
        sequence = literal(f"{quote(counters[0].schema)}.{quote(counters[0].name)}")
        for left in range(count, 0, -AT_ONCE):
            asked = f"SELECT nextval({sequence}::regclass) FROM generate_series(1, {min(left, AT_ONCE):d})"
            yield from chunks(number for (number,) in connection.execute(asked.encode()).fetchall())
        return
    table = PostgresDialect().table(entity)
    connection.execute(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE".encode())
    largest = connection.execute(f"SELECT coalesce(max({quote(field.name)}), 0) FROM {table}".encode()).fetchone()
    yield from beyond(entity, field, int(largest[0]) if largest else 0, count)
