"""Statements of one connection that somebody may stop from another thread."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from threading import Event
from typing import TYPE_CHECKING

from entrepot.databases.complaints import bad_encoding, stopped
from entrepot.databases.mysql.address import Address
from entrepot.databases.mysql.connect import connect, hang_up
from entrepot.databases.mysql.failures import row_too_large, translated
from entrepot.databases.mysql.stream import RowPackets
from entrepot.model.errors import EntrepotError

if TYPE_CHECKING:
    from entrepot.databases.mysql.connect import Connection

TOO_LARGE = 1301
ROGUE = "file_requested"
LOST_CHARACTERS = frozenset({1300, 1366, 1977})


class Running:
    def __init__(self, connection: Connection, address: Address) -> None:
        self.connection = connection
        self._address = address
        self._stopped = Event()

    @contextmanager
    def working(self, doing: str) -> Iterator[None]:
        """Whatever goes wrong after somebody asked to stop is the stop."""
        self.check_stopped()
        try:
            with translated(doing):
                yield
        except EntrepotError as error:
            if error.code == ROGUE:
                hang_up(self.connection)
            self.check_stopped()
            raise

    def read(self, statement: str, rows: int) -> Iterator[list[bytes]]:
        """Row packets, at most so many at once; the caller is `working`."""
        packets = RowPackets(self.connection, statement)
        try:
            while taken := packets.take(rows):
                yield taken
                self.check_stopped()
        finally:
            self._leave(packets)
        if packets.warnings:
            self._check_warnings()

    def execute(self, statement: str | bytes) -> int:
        """How many rows it touched."""
        with self.connection.cursor() as cursor:
            return cursor.execute(statement)

    def number(self, statement: str) -> int:
        with self.connection.cursor() as cursor:
            cursor.execute(statement)
            row = cursor.fetchone()
        return int(row[0]) if row and row[0] is not None else 0

    def check_stopped(self) -> None:
        if self._stopped.is_set():
            raise stopped()

    def cancel(self) -> None:
        self._stopped.set()
        self._kill_query()

    def _kill_query(self) -> None:
        """Without an answer the reader stops by itself at the next chunk."""
        with suppress(EntrepotError), closing(connect(self._address)) as other, translated("stopping a statement"):
            other.query(f"KILL QUERY {self.connection.thread_id()}")

    def _leave(self, packets: RowPackets) -> None:
        """A read that its reader leaves early is stopped, so that the next one finds the connection free."""
        import pymysql

        if not packets.ended:
            self._kill_query()
            with suppress(pymysql.Error):
                packets.drain()
            with suppress(pymysql.Error):  # a KILL that came too late for the rows hits this statement
                self.connection.query("DO 0")

    def _check_warnings(self) -> None:
        """A function whose result is too long gives NULL and a warning; that must not pass for a NULL."""
        for _, number, sentence in self.connection.show_warnings():
            if number == TOO_LARGE:
                raise row_too_large()
            if number in LOST_CHARACTERS:
                raise bad_encoding(sentence, "reading rows")
