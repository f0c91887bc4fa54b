"""Rows as Arrow record batches of text columns, through a cursor on the server."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from entrepot.model.ports import Batch
from entrepot.model.selection import Column

if TYPE_CHECKING:
    import psycopg

CURSOR = "entrepot_rows"


def read_batches(
    connection: psycopg.Connection, statement: str, columns: Sequence[Column], rows: int
) -> Iterator[Batch]:
    """At most `rows` rows are in memory at a time."""
    with connection.cursor(CURSOR) as cursor:
        cursor.execute(statement.encode())
        while values := cursor.fetchmany(rows):
            yield _batch(values, columns)


def _batch(rows: Sequence[tuple[str | None, ...]], columns: Sequence[Column]) -> Batch:
    from arro3.core import Array, DataType, RecordBatch

    texts = DataType.utf8()
    arrays = [Array(list(values), texts) for values in zip(*rows, strict=True)]
    return RecordBatch.from_arrays(arrays, names=[column.name for column in columns])
