"""An open snapshot: one connection, one moment, rows rendered by SQLite itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Event

from entrepot.databases.sqlite.compile import SqliteCompiler
from entrepot.databases.sqlite.dialect import SqliteDialect
from entrepot.databases.sqlite.failures import translated
from entrepot.databases.sqlite.fetch import fetched
from entrepot.databases.sqlite.readers import UnfitError
from entrepot.databases.sqlite.rowsets import add_to_rowset, create_rowset
from entrepot.databases.sqlite.snapshot import Held
from entrepot.databases.sqlite.ways import ways
from entrepot.model.catalog import Catalog, Entity
from entrepot.model.errors import CancelledError
from entrepot.model.ports import Batch
from entrepot.model.problems import Problem
from entrepot.model.selection import Column, Query
from entrepot.model.templates import Chunk, RowTemplate


class SqliteSession:
    def __init__(self, held: Held, catalog: Catalog, path: Path, check: Callable[[], None]) -> None:
        self._held = held
        self._connection = held.connection
        self._catalog = catalog
        self._path = path
        self._check = check
        self._stopped = Event()
        self._compiler = SqliteCompiler(SqliteDialect(), catalog)
        self.identity = held.identity
        self.warnings: tuple[Problem, ...] = ()

    def count(self, query: Query) -> int:
        with self._reading(f"counting {query.title}"):
            return int(self._connection.execute(self._compiler.count(query)).fetchone()[0])

    def lane(self, query: Query, template: RowTemplate) -> str:
        return "rendered"

    def render(self, query: Query, template: RowTemplate, rows_per_chunk: int = 1000) -> Iterator[Chunk]:
        """By the first way that fits; where one finds that it does not, the next goes on from that chunk."""
        done = 0
        with self._reading(f"reading {query.title}"):
            for way in ways(self._held, self._catalog, query, template):
                try:
                    for chunk in way(rows_per_chunk, done):
                        yield chunk
                        done += chunk.rows
                        self._check_stopped()
                except UnfitError:
                    continue
                return

    def batches(self, query: Query, rows: int = 10_000) -> Iterator[Batch]:
        with (
            self._reading(f"reading {query.title}"),
            closing(self._connection.execute(self._compiler.texts(query))) as cursor,
        ):
            for found in fetched(cursor, rows, _first_length):
                yield _batch(found, query.columns)
                self._check_stopped()

    def create_rowset(self, name: str, entity: Entity) -> None:
        with self._reading(f"preparing a set of rows of {entity.title}"):
            create_rowset(self._connection, self._compiler, name, entity)

    def add_to_rowset(self, name: str, where: Query) -> int:
        with self._reading(f"choosing rows of {where.title}"):
            return add_to_rowset(self._connection, self._compiler, name, where)

    def check_unchanged(self) -> None:
        self._check()

    def cancel(self) -> None:
        self._stopped.set()
        self._held.interrupt()

    @contextmanager
    def _reading(self, doing: str) -> Iterator[None]:
        self._check_stopped()
        try:
            with translated(self._path, doing):
                yield
        finally:
            self._check_stopped()

    def _check_stopped(self) -> None:
        if self._stopped.is_set():
            raise CancelledError("cancelled", "Stopped on request.", remedy="Nothing was left behind.")


def _first_length(rows: list[tuple[str | None, ...]]) -> int:
    """About how much these rows weigh, by the first of them."""
    return len(rows) * sum(len(value) for value in rows[0] if value)


def _batch(rows: Sequence[tuple[str | None, ...]], columns: Sequence[Column]) -> Batch:
    from arro3.core import Array, DataType, RecordBatch

    texts = DataType.utf8()
    arrays = [Array(list(values), texts) for values in zip(*rows, strict=True)]
    return RecordBatch.from_arrays(arrays, names=[column.name for column in columns])
