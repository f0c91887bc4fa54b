"""One transaction that looks, changes, and is committed or never was."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from threading import Event
from typing import TYPE_CHECKING

from entrepot.databases import complaints
from entrepot.databases.compile import Compiler
from entrepot.databases.csv_rows import csv_rows, named_columns, named_fields, query_of
from entrepot.databases.postgres import counters, keysets, marks
from entrepot.databases.postgres.beside import KeepingBeside
from entrepot.databases.postgres.connect import end_statement
from entrepot.databases.postgres.copying import CopyStatements
from entrepot.databases.postgres.dialect import PostgresDialect
from entrepot.databases.postgres.loading import Loader, Stage, goes_straight, has_rules, insert_from, quoted
from entrepot.databases.postgres.moving import Moved
from entrepot.databases.postgres.names import quote, table_name
from entrepot.databases.postgres.refusals import changing, lost_at_commit
from entrepot.databases.postgres.stream import copy_lines
from entrepot.databases.postgres.trials import PostgresTrying
from entrepot.databases.postgres.usual import set_locally
from entrepot.model.catalog import Catalog, Entity, Field
from entrepot.model.changes import Mark
from entrepot.model.predicates import Predicate
from entrepot.model.problems import Problem
from entrepot.model.selection import Column, Query
from entrepot.model.templates import Chunk, CsvDialect

if TYPE_CHECKING:
    import psycopg

ROWS_PER_CHUNK = 1000


@dataclass(frozen=True, kw_only=True)
class Opened:
    """A transaction that has begun."""

    connection: psycopg.Connection
    url: str
    catalog: Catalog
    default_schema: str
    identity: str
    usual: Mapping[str, str]
    """The settings under which rows are changed."""
    write: bool
    moved: tuple[Moved, ...] = ()
    """The foreign keys that are away until the end."""


class PostgresTarget(PostgresTrying, KeepingBeside):
    null = ""

    def __init__(self, opened: Opened) -> None:
        self._opened, self._connection = opened, opened.connection
        self._compiler = Compiler(PostgresDialect(), opened.catalog)
        self._stopped = Event()
        self._loader = Loader(connection=opened.connection, usual=opened.usual, check=self._check_stopped)
        self._over = False
        """Committed, or something failed: nothing is done any more, which now would stay by itself."""
        self.identity = opened.identity
        self.warnings: tuple[Problem, ...] = ()

    def mark(self, mark: Mark) -> None:
        with self._changing("marking the transaction"):
            marks.set_mark(self._connection, self._opened.url, self._opened.default_schema, mark)

    def is_empty(self, entity: Entity) -> bool:
        with self._at_work("looking into ", entity):
            asked = f"SELECT 1 FROM {PostgresDialect().table(entity)} LIMIT 1"
            return self._connection.execute(asked.encode()).fetchone() is None

    def keep_keys(
        self, name: str, entity: Entity, fields: Sequence[str], rows: Iterable[bytes], *, numbered: bool = False
    ) -> int:
        with self._at_work("remembering keys of ", entity):
            return keysets.keep_keys(self._loader, name, entity, named_fields(entity, fields), rows, numbered=numbered)

    def doubled(self, name: str) -> Iterator[Chunk]:
        with self._at_work("looking for keys that are the same"):
            asked = keysets.asked_for_doubles(self._connection, name)
            if asked is not None:
                yield from self._undisturbed(lambda: copy_lines(self._connection, asked, ROWS_PER_CHUNK))

    def matching(
        self,
        name: str,
        entity: Entity,
        fields: Sequence[str],
        columns: Sequence[Column],
        *,
        numbered: bool = False,
        where: Predicate | None = None,
    ) -> Iterator[Chunk]:
        query, wanted = replace(query_of(entity, columns), where=where), named_fields(entity, fields)
        with self._at_work("looking for rows of ", entity):
            given = keysets.having_keys(self._connection, self._compiler, name, query, wanted)
            yield from self._read(query, given, numbered=numbered)

    def rows(self, entity: Entity, columns: Sequence[Column], *, where: Predicate | None = None) -> Iterator[Chunk]:
        query = replace(query_of(entity, columns), where=where)
        with self._at_work("reading ", entity):
            yield from self._read(query, self._compiler.source(query))

    def insert(self, entity: Entity, fields: Sequence[str], rows: Iterable[bytes]) -> int:
        wanted = named_fields(entity, fields)
        with self._changing("adding rows to ", entity):
            if goes_straight(entity, wanted) and not has_rules(entity):
                return self._loader.copy(table_name(entity), list(quoted(wanted)), rows)
            return self._loader.change(insert_from(entity, self._loader.stage("rows", entity, wanted, rows)))

    load = insert

    def loads(self, entity: Entity, fields: Sequence[str]) -> bool:
        return True

    def insert_returning(
        self, entity: Entity, fields: Sequence[str], rows: Iterable[bytes], returning: Sequence[str]
    ) -> Iterator[Chunk]:
        query = query_of(entity, named_columns(entity, returning))
        with self._changing("adding rows to ", entity):
            stage = self._loader.stage("rows", entity, named_fields(entity, fields), rows)
            names = list(quoted(named_fields(entity, returning)))
            made = self._loader.make_like("made", entity, named_fields(entity, returning), names)
            listed = ", ".join(names)
            insert = f"{insert_from(entity, stage)} RETURNING {listed}"
            count = self._loader.change(
                f"WITH made AS ({insert}) INSERT INTO {made} ({listed}) SELECT {listed} FROM made"
            )
            if count != stage.rows:
                raise complaints.rows_missing(entity.title, count, stage.rows)
            yield from self._read(query, f" FROM {made} AS t ORDER BY t.ctid")

    def update(self, entity: Entity, key: Sequence[str], fields: Sequence[str], rows: Iterable[bytes]) -> int:
        with self._changing("changing rows of ", entity):
            stage = self._loader.stage("rows", entity, named_fields(entity, [*key, *fields]), rows)
            new = zip(fields, stage.values()[len(key) :], strict=True)
            pairs = ", ".join(f"{quote(name)} = {value}" for name, value in new)
            table = PostgresDialect().table(entity)
            return self._loader.change(
                f"UPDATE {table} AS t SET {pairs} FROM {stage.source} WHERE {self._found(entity, stage, key)}"
            )

    def delete(self, entity: Entity, key: Sequence[str], rows: Iterable[bytes]) -> int:
        with self._changing("deleting rows of ", entity):
            stage = self._loader.stage("rows", entity, named_fields(entity, key), rows)
            table = PostgresDialect().table(entity)
            found = self._found(entity, stage, key)
            return self._loader.change(f"DELETE FROM {table} AS t USING {stage.source} WHERE {found}")

    def settle_counters(self, entity: Entity) -> None:
        with self._changing("setting the counters of ", entity):
            counters.settle_counters(self._connection, entity)

    def new_keys(self, entity: Entity, field: Field, count: int) -> Iterator[Chunk]:
        with self._changing("drawing keys of ", entity):
            yield from counters.new_keys(self._connection, entity, field, count)

    def let_keys_wait(self) -> None:
        with self._changing("letting foreign keys wait"):
            self._loader.run("SET CONSTRAINTS ALL DEFERRED")

    def commit(self) -> None:
        """What is deferred until now happens now, under the usual settings."""
        import psycopg

        with self._changing("committing"):
            set_locally(self._connection, self._opened.usual)
            try:
                done = self._connection.execute("COMMIT").statusmessage
            except psycopg.Error as error:
                raise lost_at_commit(error) from error
        self._over = True
        if done != "COMMIT":  # what PostgreSQL says to a transaction that had failed before
            raise complaints.transaction_over("committing")

    def cancel(self) -> None:
        self._stopped.set()
        end_statement(self._connection)

    def _found(self, entity: Entity, stage: Stage, key: Sequence[str]) -> str:
        ours = [f"t.{quote(name)}" for name in key]
        fields = named_fields(entity, key)
        return keysets.equal(self._connection, entity, fields, ours, stage.values()[: len(key)])

    def _read(self, query: Query, given: str, *, numbered: bool = False) -> Iterator[Chunk]:
        make = keysets.NumberedCompiler if numbered else keysets.GivenCompiler
        copies = CopyStatements(compiler=make(PostgresDialect(), self._opened.catalog, given))
        template = csv_rows(query.columns)
        if numbered:
            template = replace(template, csv=CsvDialect())
        return self._undisturbed(lambda: copies.chunks(self._connection, query, template, ROWS_PER_CHUNK))

    def _undisturbed(self, read: Callable[[], Iterator[Chunk]]) -> Iterator[Chunk]:
        """Left early, a read is ended, and the transaction goes on from before it."""
        self._loader.run("SAVEPOINT reading")
        try:
            for chunk in read():
                yield chunk
                self._check_stopped()
        except GeneratorExit:
            self._loader.run("ROLLBACK TO SAVEPOINT reading")
            raise
        self._loader.run("RELEASE SAVEPOINT reading")

    @contextmanager
    def _changing(self, doing: str, entity: Entity | None = None) -> Iterator[None]:
        if not self._opened.write:
            raise complaints.only_looking(doing)
        with self._at_work(doing, entity):
            yield

    @contextmanager
    def _at_work(self, doing: str, entity: Entity | None = None) -> Iterator[None]:
        self._check_stopped()
        if self._over:
            raise complaints.transaction_over(doing)
        about = entity.title if entity else ""
        with changing(f"{doing}{about}", about, self._stopped.is_set):
            try:
                yield
            except Exception:
                self._over = True
                raise

    def _check_stopped(self) -> None:
        if self._stopped.is_set():
            raise complaints.stopped()
