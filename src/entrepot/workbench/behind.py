"""The records of one file behind those of another, as one table."""

from __future__ import annotations

from collections.abc import Iterator

from entrepot.workbench.deciding.among import schema_of
from entrepot.workbench.protocol import Done
from entrepot.workbench.protocol_parts import PutBehind
from entrepot.workbench.reading.tables import TABLES
from entrepot.workbench.source import Database


def put_behind(database: Database, request: PutBehind) -> Done:
    for statement in statements(request, schema_of(request.part)):
        database.connection.execute(statement)
    return Done(rows=0)


def statements(request: PutBehind, other: str) -> Iterator[str]:
    """What either side has no column for, its records lack."""
    record, places = f"record + {request.before:d}", [f"{at:d}" for at in request.columns]
    for at in sorted(at for at in request.columns if at >= request.had):
        yield f"ALTER TABLE staged ADD COLUMN v{at} VARCHAR"
        yield f"INSERT INTO absent SELECT record, {at} FROM staged"
    for at in sorted(set(range(request.had)) - set(request.columns)):
        yield f"INSERT INTO absent SELECT {record}, {at} FROM {other}.staged"
    into = "".join(f", v{at}" for at in places)
    values = "".join(f", v{at}" for at in range(len(places)))
    place = f'[{", ".join(places)}]["at" + 1]'
    yield f"INSERT INTO staged (record{into}) SELECT {record}{values} FROM {other}.staged ORDER BY record"
    yield f"INSERT INTO absent SELECT {record}, {place} FROM {other}.absent"
    yield f"INSERT INTO strings SELECT {record}, until + {request.before:d}, {place} FROM {other}.strings"
    yield f"INSERT INTO unread SELECT {record}, given FROM {other}.unread"
    for table in ("rejected", "faulty"):
        yield f"INSERT INTO {table} SELECT {record}, {place}, code, value FROM {other}.{table}"
    for table in TABLES:
        yield f"DROP TABLE {other}.{table}"
