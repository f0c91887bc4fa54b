"""COPY as chunks of finished bytes. The server sends one message per row, so rows are counted by messages.

The messages are taken from libpq without the driver's own iterator around each of them: that iterator costs more
time per row than everything else we do on our side.
"""

from __future__ import annotations

import select
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from entrepot.databases.postgres.wire import Buffer, Wire, wire_of
from entrepot.model.errors import BugError
from entrepot.model.templates import Chunk

if TYPE_CHECKING:
    import psycopg
    from psycopg.pq.abc import PGconn, PGresult

FILE_HEADER = 19
"""Signature, flags and extension length, in front of the first row of a binary COPY."""
ROW_HEADER = 6
"""Number of columns (one) and length of the text, in front of each row."""
MOST_BYTES = 8 << 20
"""In a chunk, or a little more: a thousand rows may be a thousand megabytes."""


def copy_lines(connection: psycopg.Connection, statement: str, rows_per_chunk: int) -> Iterator[Chunk]:
    """The server's own CSV or COPY text, row by row as it comes."""
    with Copying(connection).started(statement) as copying:
        while held := copying.take(rows_per_chunk):
            yield Chunk(b"".join(held), len(held))


def copy_rendered(connection: psycopg.Connection, statement: str, rows_per_chunk: int) -> Iterator[Chunk]:
    """Rows of one text column, through binary COPY: no other way hands out text as it is, line breaks included."""
    with Copying(connection, marks=1).started(statement) as copying:
        held = copying.take(rows_per_chunk + 1)
        if held:
            held[0] = held[0][FILE_HEADER:]
        while len(held) > 1:  # the message after the last row is an end mark, so one is always held back
            last = held.pop()
            yield _chunk([row[ROW_HEADER:] for row in held])
            held = [last, *copying.take(rows_per_chunk)]


def _chunk(rows: list[Buffer]) -> Chunk:
    if not all(rows):
        raise BugError("null_row", "A row came out as NULL.", remedy="Report it together with the table's definition.")
    return Chunk(b"".join(rows), len(rows))


class Copying:
    """One COPY TO STDOUT under way."""

    def __init__(self, connection: psycopg.Connection, marks: int = 0) -> None:
        """`marks`: messages that are no rows."""
        self._marks = marks
        self._connection = connection
        self._pgconn: PGconn = connection.pgconn
        self._socket = select.poll()  # unlike select, it knows no highest file number
        self._over = True
        self._seen = 0
        self._wire: Wire | None = None

    @contextmanager
    def started(self, statement: str) -> Iterator[Copying]:
        """The copy runs inside the block; left early, it is cancelled, and the connection is usable again. But one that
        was left within a message is closed: what comes of it next would be taken for anything."""
        from psycopg.pq import ExecStatus

        self._pgconn.send_query(statement.encode())
        while self._pgconn.flush():
            self._poll(select.POLLOUT)
        with wire_of(self._pgconn) as self._wire:
            if self._wire is None:
                self._expect(self._result(), ExecStatus.COPY_OUT)
            self._over = False
            try:
                yield self
            finally:
                if not self._over:
                    self._leave()

    def take(self, wanted: int) -> list[Buffer]:
        """The next messages; none only at the end, which is then known to be a good one."""
        if self._wire is None or self._over:
            return self._taken_by_libpq(wanted)
        held = self._wire.take(wanted, MOST_BYTES)
        self._seen += len(held)
        if not held:
            self._finish(self._seen)
        return held

    def _taken_by_libpq(self, wanted: int) -> list[Buffer]:
        held: list[Buffer] = []
        next_message, hold = self._pgconn.get_copy_data, held.append
        room = MOST_BYTES
        while not self._over and room > 0 and len(held) < wanted:
            for _ in range(wanted - len(held)):
                size, message = next_message(1)
                if size <= 0:
                    self._wait_or_finish(size)
                    break
                hold(message)
                room -= size
                if room <= 0:
                    break
        return held

    def _wait_or_finish(self, size: int) -> None:
        """There is no message yet, or none any more."""
        if size == 0:
            self._wait()
        else:
            self._finish()

    def _finish(self, seen: int | None = None) -> None:
        """After the last message stands the verdict: an error in the middle of the rows shows only here. Who has `seen`
        the messages alone must have seen as many as the server sent."""
        from psycopg.pq import ExecStatus

        self._over = True
        verdict = self._result()
        while self._result() is not None:
            pass
        self._expect(verdict, ExecStatus.COMMAND_OK)
        if seen is not None and verdict is not None and seen != (verdict.command_tuples or 0) + self._marks:
            raise BugError("rows_missed", f"Of {verdict.command_tuples} rows {seen} came.", remedy="Report it.")

    def _leave(self) -> None:
        """What was the matter is on its way up already: whatever is said here would only hide it."""
        from psycopg import Error

        try:
            with suppress(Error, BugError):  # that it was cancelled is what was wanted; nobody wants its rows
                self._connection.cancel_safe(timeout=5)
                while not (self._wire and self._wire.torn) and self.take(10_000):
                    pass
        finally:
            if not self._over:
                self._connection.close()
            self._over = True

    def _result(self) -> PGresult | None:
        while self._pgconn.is_busy():
            self._wait()
        return self._pgconn.get_result()

    def _wait(self) -> None:
        self._poll(select.POLLIN)
        self._pgconn.consume_input()

    def _poll(self, event: int) -> None:
        self._socket.register(self._pgconn.socket, event)
        self._socket.poll()

    def _expect(self, result: PGresult | None, status: int) -> None:
        from psycopg.errors import error_from_result

        if result is None:
            raise BugError("no_result", "The server answered a COPY with nothing.")
        if result.status != status:
            while self._result() is not None:
                pass
            raise error_from_result(result, encoding="utf-8")
