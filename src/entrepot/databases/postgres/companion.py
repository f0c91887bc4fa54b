"""A second connection that sees exactly what the first one sees.

One connection is one process of the server, which makes rows on one processor. Where it is no use or cannot be had,
there is none, and the first connection reads alone.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from entrepot.databases.postgres.connect import connect, end_statement
from entrepot.databases.postgres.failures import translated
from entrepot.databases.postgres.names import literal, table_name
from entrepot.databases.postgres.snapshot import Frozen
from entrepot.model.catalog import Entity
from entrepot.model.errors import EntrepotError

if TYPE_CHECKING:
    import psycopg


class Companion:
    def __init__(self, url: str, frozen: Frozen) -> None:
        self._url, self._frozen = url, frozen
        self._connection: psycopg.Connection | None = None
        self._refused = frozen.shared is None

    @property
    def frozen(self) -> Frozen:
        return self._frozen

    def pages_of(self, entity: Entity) -> int:
        """How many pages there are to share; 0 for a table that is not worth it."""
        return self._frozen.pages.get((entity.schema, entity.table), 0)

    def connection_for(self, entity: Entity) -> psycopg.Connection | None:
        """Ready to read that table."""
        if self._connection is None and not self._refused:
            self._open()
        if self._connection is not None:
            self._admit(self._connection, entity)
        return self._connection

    def cancel(self) -> None:
        connection = self._connection
        if connection is not None:
            end_statement(connection)

    def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _open(self) -> None:
        """The server may have no connection left for us."""
        try:
            self._connection = joined(self._url, self._frozen.shared or "")
        except EntrepotError:
            self._give_up()

    def _admit(self, connection: psycopg.Connection, entity: Entity) -> None:
        try:
            admit(connection, table_name(entity))
        except EntrepotError:
            self._give_up()

    def _give_up(self) -> None:
        self._refused = True
        with suppress(EntrepotError):
            self.close()


def joined(url: str, snapshot: str) -> psycopg.Connection:
    """A connection that sees what is called so, and cannot write."""
    connection, _ = connect(url)
    try:
        with translated("joining the snapshot"):
            connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            connection.execute(f"SET TRANSACTION SNAPSHOT {literal(snapshot)}".encode())
    except BaseException:
        connection.close()
        raise
    return connection


def admit(connection: psycopg.Connection, table: str) -> None:
    """Without waiting: somebody may be waiting for the first connection, and we for them, for ever."""
    with translated("locking a table"):
        connection.execute(f"LOCK TABLE {table} IN ACCESS SHARE MODE NOWAIT".encode())
