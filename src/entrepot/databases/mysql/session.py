"""An open snapshot: one connection, one transaction, rows rendered by the server."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from entrepot.databases.compile import Compiler
from entrepot.databases.mysql.batches import batch_of
from entrepot.databases.mysql.dialect import MySqlDialect
from entrepot.databases.mysql.introspect import read_catalog
from entrepot.databases.mysql.rowsets import create_rowset, insert_keys, key_tuple
from entrepot.databases.mysql.running import Running
from entrepot.databases.mysql.snapshot import compare, uncovered
from entrepot.databases.mysql.stream import only_texts
from entrepot.model.catalog import Catalog, Entity
from entrepot.model.ports import Batch
from entrepot.model.selection import Query
from entrepot.model.templates import Chunk, RowTemplate

KEYS = 10_000


class MySqlSession:
    def __init__(
        self, running: Running, *, catalog: Catalog, entities: Sequence[Entity], identity: str, work: Path
    ) -> None:
        self._running = running
        self._compiler = Compiler(MySqlDialect(), catalog)
        self._entities = tuple(entities)
        self._work = work
        self.identity = identity
        self.warnings = tuple(uncovered(entities))

    def count(self, query: Query) -> int:
        with self._running.working(f"counting {query.title}"):
            return self._running.number(self._compiler.count(query))

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
        with self._running.working("making a temporary table (the database user needs CREATE TEMPORARY TABLES)"):
            create_rowset(self._running.connection, self._compiler, name, entity)

    def add_to_rowset(self, name: str, where: Query) -> int:
        keys = key_tuple(self._compiler, where.entity)
        with TemporaryDirectory(dir=self._work) as folder:
            file = Path(folder) / "keys"
            with file.open("wb") as opened:
                for packets in self._read(where, self._compiler.select(where, [keys]), KEYS):
                    opened.write(only_texts(packets))
            with self._running.working(f"choosing rows of {where.title}"):
                return insert_keys(self._running.connection, self._compiler, name, file)

    def check_unchanged(self) -> None:
        """The metadata locks keep the schema as it is; a lost connection would have lost them."""
        with self._running.working("making sure that the snapshot still stands"):
            compare(read_catalog(self._running.connection), self._entities)

    def cancel(self) -> None:
        self._running.cancel()

    def _read(self, query: Query, statement: str, rows: int) -> Iterator[list[bytes]]:
        with self._running.working(f"reading {query.title}"):
            yield from self._running.read(statement, rows)
