"""An open snapshot: one connection, one transaction, rows in whichever way is shortest."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from threading import Event
from typing import TYPE_CHECKING

from entrepot.databases.compile import Compiler
from entrepot.databases.postgres.batches import read_batches
from entrepot.databases.postgres.companion import Companion
from entrepot.databases.postgres.connect import end_statement
from entrepot.databases.postgres.copying import CopyStatements
from entrepot.databases.postgres.dialect import PostgresDialect
from entrepot.databases.postgres.failures import translated
from entrepot.databases.postgres.names import table_name
from entrepot.databases.postgres.pages import ALL, Pages, PagesCompiler, divisible, in_turns, ranges
from entrepot.databases.postgres.rowsets import add_to_rowset, create_rowset
from entrepot.databases.postgres.shares import dealt
from entrepot.databases.postgres.snapshot import begin_reading, end_reading, resume_reading
from entrepot.model.catalog import Catalog, Entity
from entrepot.model.errors import CancelledError, InputError
from entrepot.model.fabric import Share
from entrepot.model.ports import Batch
from entrepot.model.problems import Problem
from entrepot.model.selection import Query
from entrepot.model.templates import Chunk, RowTemplate

if TYPE_CHECKING:
    import psycopg

    from entrepot.model.records import Document


class PostgresSession:
    def __init__(self, connection: psycopg.Connection, catalog: Catalog, identity: str, companion: Companion) -> None:
        self._connection = connection
        self._companion = companion
        self._catalog = catalog
        self._compiler = Compiler(PostgresDialect(), catalog)
        self._copies = CopyStatements(compiler=self._compiler)
        self._stopped = Event()
        self.identity = identity
        self.warnings: tuple[Problem, ...] = ()

    def count(self, query: Query) -> int:
        with self._reading(f"counting {query.title}"):
            return self._number(self._compiler.count(query))

    def lane(self, query: Query, template: RowTemplate) -> str:
        return "forwarded" if self._copies.is_forwarded(template) else "rendered"

    def render(self, query: Query, template: RowTemplate, rows_per_chunk: int = 1000) -> Iterator[Chunk]:
        return self._read(query, template, rows_per_chunk, ALL)

    def shares(self, query: Query, template: RowTemplate, rows_per_chunk: int, rows: int) -> tuple[Share, ...]:
        def share(pages: Pages) -> Share:
            read = partial(self._read, query, template, rows_per_chunk, pages)
            return Share(spec=self._spec(query, template, rows_per_chunk, pages), read=read)

        return tuple(map(share, dealt(self._pages_of(query), query.entity.rows_estimate, rows)))

    def _spec(self, query: Query, template: RowTemplate, rows_per_chunk: int, pages: Pages) -> Document:
        frozen = self._companion.frozen
        return {
            "snapshot": frozen.shared,
            "moment": frozen.moment,
            "table": table_name(query.entity),
            "copy": self._on(pages).copy(query, template),
            "forwarded": self._copies.is_forwarded(template),
            "rows_per_chunk": rows_per_chunk,
        }

    def _pages_of(self, query: Query) -> int:
        return self._companion.pages_of(query.entity) if divisible(query) else 0

    def _read(self, query: Query, template: RowTemplate, rows: int, within: Pages) -> Iterator[Chunk]:
        with self._reading(f"reading {query.title}"):
            for chunk in self._chunks(query, template, rows, within):
                yield chunk
                self._check_stopped()

    def _chunks(self, query: Query, template: RowTemplate, rows: int, within: Pages) -> Iterator[Chunk]:
        pages = self._pages_of(query)
        second = self._companion.connection_for(query.entity) if pages else None
        if second is None:
            return self._on(within).chunks(self._connection, query, template, rows)
        return self._together(second, query, template, rows, ranges(within, pages))

    def _together(
        self, second: psycopg.Connection, query: Query, template: RowTemplate, rows: int, asked: Iterator[Pages]
    ) -> Iterator[Chunk]:
        def by(connection: psycopg.Connection) -> Callable[[Pages], Iterator[Chunk]]:
            return lambda pages: self._on(pages).chunks(connection, query, template, rows)

        try:
            yield from in_turns((by(self._connection), by(second)), asked)
        except BaseException:  # what it was about to say is lost, and its transaction with it
            self._companion.close()
            raise

    def _on(self, pages: Pages) -> CopyStatements:
        if pages == ALL:
            return self._copies
        return CopyStatements(compiler=PagesCompiler(PostgresDialect(), self._catalog, pages))

    def batches(self, query: Query, rows: int = 10_000) -> Iterator[Batch]:
        statement = self._compiler.texts(query)
        with self._reading(f"reading {query.title}"):
            for batch in read_batches(self._connection, statement, query.columns, rows):
                yield batch
                self._check_stopped()

    def create_rowset(self, name: str, entity: Entity) -> None:
        if not entity.primary_key:
            raise InputError(
                "no_primary_key",
                f"'{entity.name}' has no primary key, so a set of its rows cannot be remembered.",
                remedy="Give it a primary key, or export it without related rows.",
            )
        with translated("making a temporary table (the database user needs the right TEMPORARY)"):
            end_reading(self._connection)
            for statement in create_rowset(PostgresDialect(), name, entity):
                self._connection.execute(statement.encode())
            begin_reading(self._connection)

    def add_to_rowset(self, name: str, where: Query) -> int:
        with self._reading(f"choosing rows of {where.title}"):
            return self._connection.execute(add_to_rowset(self._compiler, name, where).encode()).rowcount

    def check_unchanged(self) -> None:
        """The locks that came before the snapshot keep the schema as it is, so only their loss could change it."""
        with self._reading("making sure that the snapshot still stands"):
            self._number("SELECT 1")

    def cancel(self) -> None:
        self._stopped.set()
        self._companion.cancel()
        end_statement(self._connection)

    def _number(self, statement: str) -> int:
        row = self._connection.execute(statement.encode()).fetchone()
        return int(row[0]) if row else 0

    @contextmanager
    def _reading(self, doing: str) -> Iterator[None]:
        """A read that its reader leaves early is undone, so that the next one finds the snapshot usable."""
        from psycopg.pq import TransactionStatus

        self._check_stopped()
        with translated(doing):
            try:
                yield
            except GeneratorExit:
                if self._connection.info.transaction_status is TransactionStatus.INERROR:
                    resume_reading(self._connection)
                raise

    def _check_stopped(self) -> None:
        if self._stopped.is_set():
            raise CancelledError("cancelled", "Stopped on request.", remedy="Nothing was left behind.")
