"""An open transaction that looks and changes: rows come as texts over the stage, and the server does the rest.

Rows that match are read FOR UPDATE, so that nobody changes them before we do, and READ COMMITTED, so that nothing else
is locked by that. Temporary tables come and go inside the transaction; any other DDL would end it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import replace
from functools import partial
from threading import Lock

from entrepot.databases import complaints
from entrepot.databases.compile import ROWS, Compiler
from entrepot.databases.csv_rows import csv_rows, named_columns, query_of
from entrepot.databases.mysql.commit import commit
from entrepot.databases.mysql.counters import settle_sequences
from entrepot.databases.mysql.dialect import MySqlDialect
from entrepot.databases.mysql.kept import Kept, has_moments, insertion
from entrepot.databases.mysql.keysets import CHUNK, KeySets
from entrepot.databases.mysql.late_keys import LateKeys
from entrepot.databases.mysql.local_load import NULL_WORD
from entrepot.databases.mysql.marks import set_mark
from entrepot.databases.mysql.minting import MySqlMinting
from entrepot.databases.mysql.names import literal, table_name
from entrepot.databases.mysql.refusals import no_returning, rows_of
from entrepot.databases.mysql.running import Running
from entrepot.databases.mysql.staging import Abilities, Staging
from entrepot.databases.mysql.straight import goes_straight, loading
from entrepot.databases.mysql.stream import only_texts
from entrepot.databases.mysql.trees import Leaving, Waiting, inner_references, inner_references_among
from entrepot.model.catalog import Catalog, Entity
from entrepot.model.changes import Mark
from entrepot.model.predicates import Predicate
from entrepot.model.problems import Problem
from entrepot.model.selection import Column
from entrepot.model.stretches import OddError
from entrepot.model.templates import Chunk


class MySqlTarget(MySqlMinting):
    null = NULL_WORD
    """Unquoted; a text that says so is quoted."""

    def __init__(self, running: Running, *, catalog: Catalog, abilities: Abilities, identity: str, write: bool) -> None:
        self._running = running
        self._dialect = MySqlDialect()
        self._compiler = Compiler(self._dialect, catalog)
        self._staging = Staging(running, abilities)
        self._keys = KeySets(running=running, compiler=self._compiler, staging=self._staging)
        self._write = write
        self._usable = True
        self._late = LateKeys(catalog)
        self._ending = Lock()
        self._committing = False
        self.identity = identity
        self.warnings: tuple[Problem, ...] = ()

    def is_empty(self, entity: Entity) -> bool:
        with self._working(f"looking at {entity.title}"):
            return not self._running.number(f"SELECT EXISTS (SELECT 1 FROM {table_name(entity)})")

    def keep_keys(
        self, name: str, entity: Entity, fields: Sequence[str], rows: Iterable[bytes], *, numbered: bool = False
    ) -> int:
        with self._working(f"taking keys of {entity.title} along"):
            return self._keys.keep(name, replace(self._own(name, entity, fields, len(fields)), numbered=numbered), rows)

    def doubled(self, name: str) -> Iterator[Chunk]:
        with self._working("looking for keys that are the same"):
            yield from self._keys.doubled(name)

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
        query = replace(query_of(entity, columns), where=where)
        with self._working(f"reading {entity.title}"):
            statement = self._keys.matching(name, query, tuple(fields), numbered=numbered)
            yield from self._keys.chunks(f"{statement}{' FOR UPDATE' if self._write else ''}")

    def rows(self, entity: Entity, columns: Sequence[Column], *, where: Predicate | None = None) -> Iterator[Chunk]:
        with self._working(f"reading {entity.title}"):
            yield from self._keys.rows(replace(query_of(entity, columns), where=where))

    def mark(self, mark: Mark) -> None:
        with self._changing("leaving the mark of this import"):
            set_mark(self._running.connection, mark)

    def insert(self, entity: Entity, fields: Sequence[str], rows: Iterable[bytes]) -> int:
        self._late.inserted(entity)
        with self._changing(f"inserting into {entity.title}"):
            inner = inner_references_among(entity, fields)
            if inner or (self._staging.abilities.zone and has_moments(entity, fields)):
                return self._by_turns(Waiting(rows=self._own("changes", entity, fields, 0), relations=inner), rows)
            count = 0
            for before, _ in self._staging.counted(len(fields), rows):
                with rows_of(entity, before), self._usual():
                    count += self._running.execute(insertion(entity, fields))
        return count

    def loads(self, entity: Entity, fields: Sequence[str]) -> bool:
        return goes_straight(entity, fields, self._staging.abilities)

    def load(self, entity: Entity, fields: Sequence[str], rows: Iterable[bytes]) -> int:
        if not self.loads(entity, fields):
            raise OddError
        self._late.inserted(entity)
        count = 0
        with self._changing(f"inserting into {entity.title}"), rows_of(entity, None), self._usual():
            for loaded in self._staging.loaded(loading(entity, fields), rows):
                if loaded.warnings:
                    raise complaints.database_refused(entity.title, self._staging.first_warning())
                count += loaded.rows
        return count

    def insert_returning(
        self, entity: Entity, fields: Sequence[str], rows: Iterable[bytes], returning: Sequence[str]
    ) -> Iterator[Chunk]:
        if not self._staging.abilities.returns:
            raise no_returning()
        self._late.inserted(entity)
        columns = named_columns(entity, returning)
        row = self._compiler.row(query_of(entity, columns), csv_rows(columns))
        statement = f"{insertion(entity, fields)} RETURNING {row.replace(f'{ROWS}.', '')}"
        with self._changing(f"inserting into {entity.title}"):
            usual = nullcontext if has_moments(entity, (*fields, *returning)) else self._usual
            for before, _ in self._staging.counted(len(fields), rows):
                with rows_of(entity, before), usual():
                    for packets in self._running.read(statement, CHUNK):
                        yield Chunk(only_texts(packets), len(packets))

    def update(self, entity: Entity, key: Sequence[str], fields: Sequence[str], rows: Iterable[bytes]) -> int:
        kept = self._own("changes", entity, (*key, *fields), len(key))
        self._late.updated(entity, fields)
        count = 0
        with self._changing(f"updating {entity.title}"):
            for before, _ in self._staging.counted(len(kept.fields), rows):
                with rows_of(entity, before, kept.fields):
                    self._create(kept, indexed=not kept.found_by)
                    self._running.execute(kept.take_keys())
                with rows_of(entity, None), self._usual():
                    count += self._running.execute(kept.update(fields))
            self._running.execute(kept.drop())
        return count

    def delete(self, entity: Entity, key: Sequence[str], rows: Iterable[bytes]) -> int:
        kept = self._own("changes", entity, key, len(key))
        self._late.deleted(entity)
        with self._changing(f"deleting from {entity.title}"):
            self._create(kept, indexed=not kept.found_by)
            for before, _ in self._staging.counted(len(key), rows):
                with rows_of(entity, before, key):
                    self._running.execute(kept.take_keys())
            with rows_of(entity, None), self._usual():
                unchecked = partial(self._late.unchecked, self._running, entity)
                inner, scratch = inner_references(entity), self._staging.abilities.scratch
                leaving = Leaving(kept=kept, relations=inner, scratch=scratch, unchecked=unchecked)
                count = leaving.delete(self._running.execute)
            self._running.execute(kept.drop())
        return count

    def settle_counters(self, entity: Entity) -> None:
        with self._changing(f"settling the counters of {entity.title}"):
            settle_sequences(self._running, entity)

    def commit(self) -> None:
        with self._changing("committing"):
            self._check_late()
            with self._ending:
                self._running.check_stopped()
                self._committing = True
            commit(self._running.connection)
        self._usable = False

    def cancel(self) -> None:
        """A commit that has begun is not disturbed: nobody could say what came of it."""
        with self._ending:
            if not self._committing:
                self._running.cancel()

    def close(self) -> None:
        """Forget what was not committed. If even that fails, the server does it when the connection ends."""
        import pymysql

        self._usable = False
        with suppress(pymysql.Error):
            self._running.connection.rollback()

    def _own(self, name: str, entity: Entity, fields: Sequence[str], keys: int) -> Kept:
        return Kept(table=self._dialect.rowset(name), entity=entity, fields=tuple(fields), keys=keys)

    def _create(self, kept: Kept, *, indexed: bool) -> None:
        self._run(kept.create(self._staging.abilities.scratch, indexed=indexed))

    def _run(self, statements: Iterable[str]) -> None:
        for statement in statements:
            self._running.execute(statement)

    def _by_turns(self, waiting: Waiting, rows: Iterable[bytes]) -> int:
        kept = waiting.rows
        self._run(waiting.create(self._staging.abilities.scratch))
        for before, _ in self._staging.counted(len(kept.fields), rows):
            with rows_of(kept.entity, before, kept.fields):
                self._running.execute(kept.take_rows(before))
        with rows_of(kept.entity, None), self._usual():
            count = waiting.insert(self._running.execute)
        self._running.execute(kept.drop())
        return count

    @contextmanager
    def _usual(self) -> Iterator[None]:
        """Defaults and triggers ask for the time of the application, while values that come and go are in UTC."""
        zone = self._staging.abilities.zone
        if zone:
            self._running.execute(f"SET SESSION time_zone = {literal(zone)}")
        yield
        if zone:
            self._running.execute("SET SESSION time_zone = '+00:00'")
