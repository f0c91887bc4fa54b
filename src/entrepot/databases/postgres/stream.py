"""COPY as chunks of finished bytes. The driver hands out one message per row, so rows are counted by messages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from entrepot.model.errors import BugError
from entrepot.model.templates import Chunk

if TYPE_CHECKING:
    import psycopg

Buffer = bytes | bytearray | memoryview
FILE_HEADER = 19
"""Signature, flags and extension length, in front of the first row of a binary COPY."""
ROW_HEADER = 6
"""Number of columns (one) and length of the text, in front of each row."""


def copy_lines(connection: psycopg.Connection, statement: str, rows_per_chunk: int) -> Iterator[Chunk]:
    """The server's own CSV or COPY text, row by row as it comes."""
    held: list[Buffer] = []
    with connection.cursor() as cursor, cursor.copy(statement.encode()) as rows:
        for row in rows:
            held.append(row)
            if len(held) == rows_per_chunk:
                yield Chunk(b"".join(held), len(held))
                held = []
    if held:
        yield Chunk(b"".join(held), len(held))


def copy_rendered(connection: psycopg.Connection, statement: str, rows_per_chunk: int) -> Iterator[Chunk]:
    """Rows of one text column, through binary COPY: no other way hands out text as it is, line breaks included."""
    held: list[Buffer] = []
    with connection.cursor() as cursor, cursor.copy(statement.encode()) as rows:
        start = FILE_HEADER + ROW_HEADER
        for row in rows:
            held.append(row[start:])
            start = ROW_HEADER
            if len(held) > rows_per_chunk:
                last = held.pop()  # the message after the last row is an end mark, so one is always held back
                yield _chunk(held)
                held = [last]
    if len(held) > 1:
        yield _chunk(held[:-1])


def _chunk(rows: list[Buffer]) -> Chunk:
    if not all(rows):
        raise BugError("null_row", "A row came out as NULL.", remedy="Report it together with the table's definition.")
    return Chunk(b"".join(rows), len(rows))
