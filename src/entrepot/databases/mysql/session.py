"""An open snapshot: one connection, one transaction, rows rendered by the server."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event
from typing import TYPE_CHECKING

from entrepot.databases.compile import Compiler
from entrepot.databases.complaints import bad_encoding
from entrepot.databases.mysql.address import Address
from entrepot.databases.mysql.batches import batch_of
from entrepot.databases.mysql.connect import connect
from entrepot.databases.mysql.dialect import MySqlDialect
from entrepot.databases.mysql.failures import row_too_large, translated
from entrepot.databases.mysql.introspect import read_catalog
from entrepot.databases.mysql.rowsets import create_rowset, insert_keys, key_tuple
from entrepot.databases.mysql.snapshot import compare, uncovered
from entrepot.databases.mysql.stream import RowPackets, only_texts
from entrepot.model.catalog import Catalog, Entity
from entrepot.model.errors import CancelledError, EntrepotError
from entrepot.model.ports import Batch
from entrepot.model.selection import Query
from entrepot.model.templates import Chunk, RowTemplate

if TYPE_CHECKING:
    from entrepot.databases.mysql.connect import Connection

KEYS = 10_000
TOO_LARGE = 1301
LOST_CHARACTERS = frozenset({1300, 1366, 1977})


class MySqlSession:
    def __init__(
        self,
        connection: Connection,
        *,
        address: Address,
        catalog: Catalog,
        entities: Sequence[Entity],
        identity: str,
        work: Path,
    ) -> None:
        self._connection = connection
        self._address = address
        self._compiler = Compiler(MySqlDialect(), catalog)
        self._entities = tuple(entities)
        self._work = work
        self._stopped = Event()
        self.identity = identity
        self.warnings = tuple(uncovered(entities))

    def count(self, query: Query) -> int:
        with self._working(f"counting {query.title}"):
            return self._number(self._compiler.count(query))

    def lane(self, query: Query, template: RowTemplate) -> str:
        """MySQL has no stream of its own to forward."""
        return "rendered"

    def render(self, query: Query, template: RowTemplate, rows_per_chunk: int = 1000) -> Iterator[Chunk]:
        for packets in self._read(query, self._compiler.rows(query, template), rows_per_chunk):
            yield Chunk(only_texts(packets), len(packets))

    def batches(self, query: Query, rows: int = 10_000) -> Iterator[Batch]:
        for packets in self._read(query, self._compiler.texts(query), rows):
            yield batch_of(packets, query.columns)

    def create_rowset(self, name: str, entity: Entity) -> None:
        with self._working("making a temporary table (the database user needs CREATE TEMPORARY TABLES)"):
            create_rowset(self._connection, self._compiler, name, entity)

    def add_to_rowset(self, name: str, where: Query) -> int:
        keys = key_tuple(self._compiler, where.entity)
        with TemporaryDirectory(dir=self._work) as folder:
            file = Path(folder) / "keys"
            with file.open("wb") as opened:
                for packets in self._read(where, self._compiler.select(where, [keys]), KEYS):
                    opened.write(only_texts(packets))
            with self._working(f"choosing rows of {where.title}"):
                return insert_keys(self._connection, self._compiler, name, file)

    def check_unchanged(self) -> None:
        """The metadata locks keep the schema as it is; a lost connection would have lost them."""
        with self._working("making sure that the snapshot still stands"):
            compare(read_catalog(self._connection), self._entities)

    def cancel(self) -> None:
        self._stopped.set()
        self._kill_query()

    def _kill_query(self) -> None:
        """Without an answer the reader stops by itself at the next chunk."""
        with suppress(EntrepotError), closing(connect(self._address)) as other, translated("stopping a read"):
            other.query(f"KILL QUERY {self._connection.thread_id()}")

    def _number(self, statement: str) -> int:
        with self._connection.cursor() as cursor:
            cursor.execute(statement)
            row = cursor.fetchone()
        return int(row[0]) if row else 0

    def _read(self, query: Query, statement: str, rows: int) -> Iterator[list[bytes]]:
        with self._working(f"reading {query.title}"):
            packets = RowPackets(self._connection, statement)
            try:
                while taken := packets.take(rows):
                    yield taken
                    self._check_stopped()
            finally:
                self._leave(packets)
            if packets.warnings:
                self._check_warnings()

    def _leave(self, packets: RowPackets) -> None:
        """A read that its reader leaves early is stopped, so that the next one finds the connection free."""
        import pymysql

        if not packets.ended:
            self._kill_query()
            with suppress(pymysql.Error):
                packets.drain()
            with suppress(pymysql.Error):  # a KILL that came too late for the rows hits this statement
                self._connection.query("DO 0")

    def _check_warnings(self) -> None:
        """A function whose result is too long gives NULL and a warning; that must not pass for a NULL."""
        for _, number, sentence in self._connection.show_warnings():
            if number == TOO_LARGE:
                raise row_too_large()
            if number in LOST_CHARACTERS:
                raise bad_encoding(sentence, "reading rows")

    @contextmanager
    def _working(self, doing: str) -> Iterator[None]:
        """Whatever goes wrong after somebody asked to stop is the stop."""
        self._check_stopped()
        try:
            with translated(doing):
                yield
        except EntrepotError:
            self._check_stopped()
            raise

    def _check_stopped(self) -> None:
        if self._stopped.is_set():
            raise CancelledError("cancelled", "Stopped on request.", remedy="Nothing was left behind.")
