"""An open snapshot: one connection, one moment, rows rendered by SQLite itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from operator import itemgetter
from pathlib import Path
from threading import Event

from entrepot.databases.sqlite.compile import SqliteCompiler
from entrepot.databases.sqlite.dialect import CarefulDialect, SqliteDialect
from entrepot.databases.sqlite.failures import not_utf8, translated
from entrepot.databases.sqlite.rowsets import add_to_rowset, create_rowset
from entrepot.databases.sqlite.snapshot import Held
from entrepot.model.catalog import Catalog, Entity
from entrepot.model.errors import CancelledError
from entrepot.model.ports import Batch
from entrepot.model.problems import Problem
from entrepot.model.selection import Column, Query
from entrepot.model.templates import Chunk, RowTemplate

FIRST = itemgetter(0)
NUL = b"\0"


class SqliteSession:
    def __init__(self, held: Held, catalog: Catalog, path: Path, check: Callable[[], None]) -> None:
        self._connection = held.connection
        self._path = path
        self._check = check
        self._stopped = Event()
        self._compiler = SqliteCompiler(SqliteDialect(), catalog)
        self._careful = SqliteCompiler(CarefulDialect(), catalog)
        self.identity = held.identity
        self.warnings: tuple[Problem, ...] = ()

    def count(self, query: Query) -> int:
        with self._reading(f"counting {query.title}"):
            return int(self._connection.execute(self._compiler.count(query)).fetchone()[0])

    def lane(self, query: Query, template: RowTemplate) -> str:
        return "rendered"

    def render(self, query: Query, template: RowTemplate, rows_per_chunk: int = 1000) -> Iterator[Chunk]:
        """The quick statement until a NUL turns up; the careful one from the start of that chunk."""
        done = 0
        for chunk in self._rendered(query, self._compiler.rows(query, template), rows_per_chunk):
            if NUL in chunk.data:
                break
            done += chunk.rows
            yield chunk
        else:
            return
        statement = f"SELECT * FROM ({self._careful.rows(query, template)}) LIMIT -1 OFFSET {done}"
        yield from self._rendered(query, statement, rows_per_chunk)

    def batches(self, query: Query, rows: int = 10_000) -> Iterator[Batch]:
        with self._reading(f"reading {query.title}"), closing(self._connection.execute(self._texts(query))) as cursor:
            while found := cursor.fetchmany(rows):
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
        self._connection.interrupt()

    def _texts(self, query: Query) -> str:
        return self._compiler.texts(query)

    def _rendered(self, query: Query, statement: str, rows: int) -> Iterator[Chunk]:
        """As blobs, so that the bytes need not become `str` and bytes again."""
        as_bytes = f"SELECT CAST(line AS BLOB) FROM ({statement})"
        with self._reading(f"reading {query.title}"), closing(self._connection.execute(as_bytes)) as cursor:
            while found := cursor.fetchmany(rows):
                yield Chunk(data=self._utf8(b"".join(map(FIRST, found)), query), rows=len(found))
                self._check_stopped()

    def _utf8(self, data: bytes, query: Query) -> bytes:
        try:
            data.decode()
        except UnicodeDecodeError as error:
            raise not_utf8(f"Reading {query.title} in '{self._path.name}'") from error
        return data

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


def _batch(rows: Sequence[tuple[str | None, ...]], columns: Sequence[Column]) -> Batch:
    from arro3.core import Array, DataType, RecordBatch

    texts = DataType.utf8()
    arrays = [Array(list(values), texts) for values in zip(*rows, strict=True)]
    return RecordBatch.from_arrays(arrays, names=[column.name for column in columns])
