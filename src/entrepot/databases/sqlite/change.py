"""One transaction that looks, changes, and is committed or never was."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from operator import itemgetter

from entrepot.databases import complaints
from entrepot.databases.csv_rows import csv_rows, named_columns, named_fields, query_of
from entrepot.databases.minted import beyond
from entrepot.databases.sqlite import counters, keysets, marks, statements
from entrepot.databases.sqlite.compile import ReturningCompiler, SqliteCompiler
from entrepot.databases.sqlite.dialect import CarefulDialect, SqliteDialect
from entrepot.databases.sqlite.fetch import fetched
from entrepot.databases.sqlite.loading import Loader
from entrepot.databases.sqlite.readers import UnfitError
from entrepot.databases.sqlite.refusals import Refusals
from entrepot.databases.sqlite.storing import NULL, loaded, register_storing
from entrepot.databases.sqlite.trees import Going
from entrepot.databases.sqlite.trials import SqliteTrying
from entrepot.databases.sqlite.waiting import in_turns
from entrepot.databases.sqlite.ways import row_by_row, total_length
from entrepot.model.catalog import Catalog, Entity, Field
from entrepot.model.changes import Mark
from entrepot.model.predicates import Predicate
from entrepot.model.problems import Problem
from entrepot.model.selection import Column, Query
from entrepot.model.stretches import OddError
from entrepot.model.templates import Chunk

ROWS_PER_CHUNK = 1000
FIRST = itemgetter(0)


@dataclass(frozen=True, kw_only=True)
class Opened:
    """A transaction that has begun."""

    connection: sqlite3.Connection
    catalog: Catalog
    identity: str
    refusals: Refusals
    write: bool


class SqliteTarget(SqliteTrying):
    null = NULL

    def __init__(self, opened: Opened) -> None:
        self._opened, self._connection = opened, opened.connection
        self._stopped = opened.refusals.stopped
        self._loader = Loader(connection=opened.connection, check=self._check_stopped)
        register_storing(opened.connection, opened.refusals.refuse)
        self._over = False
        """Committed, or something failed: nothing is done any more, which now would stay by itself."""
        self._kept: dict[str, Sequence[Field]] = {}
        """The fields that keys were kept for, by the name of the set."""
        self.identity = opened.identity
        self.warnings: tuple[Problem, ...] = ()

    def mark(self, mark: Mark) -> None:
        with self._changing("marking the transaction"):
            marks.set_mark(self._connection, mark)

    def is_empty(self, entity: Entity) -> bool:
        with self._at_work("looking into ", entity):
            asked = f"SELECT 1 FROM {SqliteDialect().table(entity)} LIMIT 1"
            return self._connection.execute(asked).fetchone() is None

    def keep_keys(
        self, name: str, entity: Entity, fields: Sequence[str], rows: Iterable[bytes], *, numbered: bool = False
    ) -> int:
        wanted = self._kept[name] = named_fields(entity, fields)
        with self._at_work("remembering keys of ", entity):
            return keysets.keep_keys(self._loader, name, entity, wanted, rows, numbered=numbered)

    def doubled(self, name: str) -> Iterator[Chunk]:
        with self._at_work("looking for keys that are the same"):
            yield from keysets.doubled(self._connection, name, ROWS_PER_CHUNK)

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

        def compiled(dialect: SqliteDialect) -> SqliteCompiler:
            return keysets.HavingKeys(dialect, self._opened.catalog, name, self._kept[name], wanted, numbered)

        with self._at_work("looking for rows of ", entity):
            yield from self._read(query, compiled)

    def rows(self, entity: Entity, columns: Sequence[Column], *, where: Predicate | None = None) -> Iterator[Chunk]:
        query = replace(query_of(entity, columns), where=where)
        with self._at_work("reading ", entity):
            yield from self._read(query, lambda dialect: SqliteCompiler(dialect, self._opened.catalog))

    def _read(self, query: Query, compiled: Callable[[SqliteDialect], SqliteCompiler]) -> Iterator[Chunk]:
        """A NUL in a text makes the quick statement stop; the careful one goes on from there."""
        done, template = 0, csv_rows(query.columns)
        for dialect in (SqliteDialect(), CarefulDialect()):
            seen = isinstance(dialect, CarefulDialect)
            way = row_by_row(self._connection, compiled(dialect), query, template, nuls_are_seen=seen)
            try:
                for chunk in way(ROWS_PER_CHUNK, done):
                    yield chunk
                    done += chunk.rows
                    self._check_stopped()
            except UnfitError:
                continue
            return

    def insert(self, entity: Entity, fields: Sequence[str], rows: Iterable[bytes]) -> int:
        wanted = named_fields(entity, fields)
        with self._changing("adding rows to ", entity):
            if entity.refers_to_itself:
                stage = self._loader.stage("rows", entity, wanted, rows)
                return self._connection.execute(statements.insert_from(entity, wanted, stage.table)).rowcount
            return self._loader.many(statements.insert(entity, wanted), rows, alone=len(wanted) == 1)

    def loads(self, entity: Entity, fields: Sequence[str]) -> bool:
        return not entity.refers_to_itself

    def load(self, entity: Entity, fields: Sequence[str], rows: Iterable[bytes]) -> int:
        """Python's reader tells no empty value from another."""
        wanted = named_fields(entity, fields)
        if not self.loads(entity, fields):
            raise OddError
        with self._changing("adding rows to ", entity):
            return self._loader.many(statements.insert(entity, wanted, loaded), rows, alone=False)

    def insert_returning(
        self, entity: Entity, fields: Sequence[str], rows: Iterable[bytes], returning: Sequence[str]
    ) -> Iterator[Chunk]:
        wanted, columns = named_fields(entity, fields), named_columns(entity, returning)
        compiler = ReturningCompiler(CarefulDialect(), self._opened.catalog)
        with self._changing("adding rows to ", entity):
            stage = self._loader.stage("rows", entity, wanted, rows)
            line = compiler.row(query_of(entity, columns), csv_rows(columns))
            statement = f"{statements.insert_from(entity, wanted, stage.table)} RETURNING CAST({line} AS BLOB)"
            made = 0
            with closing(self._connection.execute(statement)) as cursor:
                for found in fetched(cursor, ROWS_PER_CHUNK, total_length):
                    yield Chunk(data=b"".join(map(FIRST, found)), rows=len(found))
                    made += len(found)
                    self._check_stopped()
            if made != stage.rows:
                raise complaints.rows_missing(entity.title, made, stage.rows)

    def update(self, entity: Entity, key: Sequence[str], fields: Sequence[str], rows: Iterable[bytes]) -> int:
        keys, new = named_fields(entity, key), named_fields(entity, fields)
        with self._changing("changing rows of ", entity):
            if statements.goes_row_by_row(entity, key):
                return self._loader.many(statements.update(entity, keys, new), rows, alone=False)
            stage = self._loader.stage("rows", entity, [*keys, *new], rows)
            keysets.index(self._connection, stage.table, keys)
            return self._connection.execute(statements.update_from(entity, keys, new, stage.table)).rowcount

    def delete(self, entity: Entity, key: Sequence[str], rows: Iterable[bytes]) -> int:
        keys = named_fields(entity, key)
        with self._changing("deleting rows of ", entity):
            if statements.goes_row_by_row(entity, key):
                return self._loader.many(statements.delete(entity, keys), rows, alone=len(keys) == 1)
            stage = self._loader.stage("rows", entity, keys, rows)
            return Going(connection=self._connection, entity=entity, keys=keys, stage=stage.table).delete()

    def settle_counters(self, entity: Entity) -> None:
        with self._changing("setting the counters of ", entity):
            counters.settle_counters(self._connection, entity)

    def new_keys(self, entity: Entity, field: Field, count: int) -> Iterator[Chunk]:
        """Nobody else can write before this transaction has ended."""
        with self._changing("drawing keys of ", entity):
            yield from beyond(entity, field, counters.last_given(self._connection, entity, field.name), count)

    def let_keys_wait(self) -> None:
        """Until the end of the transaction, which forgets it."""
        with self._changing("letting foreign keys wait"):
            self._connection.execute("PRAGMA defer_foreign_keys = ON")

    def commit(self) -> None:
        with self._changing("committing"):
            in_turns(self._connection, self._check_stopped, lambda: self._connection.execute("COMMIT"))
        self._over = True

    def cancel(self) -> None:
        self._stopped.set()
        self._connection.interrupt()

    @contextmanager
    def _changing(self, doing: str, entity: Entity | None = None) -> Iterator[None]:
        """A trigger may end the whole transaction; what came after it would stay, one by one."""
        if not self._opened.write:
            raise complaints.only_looking(doing)
        if not self._connection.in_transaction:
            raise complaints.transaction_over(doing)
        with self._at_work(doing, entity):
            yield

    @contextmanager
    def _at_work(self, doing: str, entity: Entity | None = None) -> Iterator[None]:
        self._check_stopped()
        if self._over:
            raise complaints.transaction_over(doing)
        with self._opened.refusals.translated(f"{doing}{entity.title if entity else ''}", entity):
            try:
                yield
            except Exception:
                self._over = True
                raise

    def _check_stopped(self) -> None:
        if self._stopped.is_set():
            raise complaints.stopped()
