"""SQLite behind the port: opens the file when asked, keeps nothing open. What only imports need, they import."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from entrepot.databases.heeding import Heeding
from entrepot.databases.sqlite.connect import connect, connect_to_change
from entrepot.databases.sqlite.failures import translated
from entrepot.databases.sqlite.introspect import read_catalog
from entrepot.databases.sqlite.refusals import Refusals
from entrepot.databases.sqlite.script import SqliteScript
from entrepot.databases.sqlite.session import SqliteSession
from entrepot.databases.sqlite.snapshot import begin_changes, check_schema, hold
from entrepot.databases.sqlite.storing import EMPTY
from entrepot.databases.sqlite.waiting import nobody
from entrepot.model.catalog import Catalog, Entity
from entrepot.model.changes import Mark, Waits, Writing
from entrepot.model.script_dialects import ScriptDialect

if TYPE_CHECKING:
    from entrepot.databases.sqlite.change import SqliteTarget

BESIDE = ("-wal", "-shm", "-journal")
"""What SQLite puts beside a database."""


class SqliteEngine(Heeding):
    name = "sqlite"
    writing = Writing(
        created=2.0,
        updated=4.5,
        waiting="nobody else can write to the database; others can read it where it is in WAL mode",
        all_wait=True,
        waits=Waits.ALL,
        takes_files=True,
        mistaken=(EMPTY,),
    )

    def __init__(self, path: Path) -> None:
        self._path = path
        self.script: ScriptDialect = SqliteScript()
        self.files: tuple[Path, ...] = (path, *(path.with_name(path.name + ending) for ending in BESIDE))

    def introspect(self) -> Catalog:
        with closing(connect(self._path, self._check)) as connection, translated(self._path, "reading the catalog"):
            connection.execute("BEGIN")
            return read_catalog(connection, self._path)

    @contextmanager
    def snapshot(self, catalog: Catalog, entities: Sequence[Entity], work: Path) -> Iterator[SqliteSession]:
        def check() -> None:
            """The snapshot itself cannot change; this looks at the file as it is now."""
            with closing(connect(self._path)) as now, translated(self._path, "looking at the schema"):
                check_schema(now, entities)

        with hold(self._path, work, self._check) as held:
            check_schema(held.connection, entities)
            session = SqliteSession(held, catalog, self._path, check)
            with self._heeding(session.cancel):
                yield session

    @contextmanager
    def change(
        self, catalog: Catalog, entities: Sequence[Entity], work: Path, *, write: bool
    ) -> Iterator[SqliteTarget]:
        from entrepot.databases.sqlite.change import Opened, SqliteTarget

        refusals = Refusals(path=self._path)
        with self._looking(work) if not write else self._writing(refusals) as (connection, identity):
            check_schema(connection, entities)
            target = SqliteTarget(
                Opened(connection=connection, catalog=catalog, identity=identity, refusals=refusals, write=write)
            )
            with self._heeding(target.cancel):
                yield target

    @contextmanager
    def _looking(self, work: Path) -> Iterator[tuple[sqlite3.Connection, str]]:
        """As an export does, so that the application can go on writing."""
        with hold(self._path, work, self._check) as held:
            yield held.connection, held.identity

    @contextmanager
    def _writing(self, refusals: Refusals) -> Iterator[tuple[sqlite3.Connection, str]]:
        with closing(connect_to_change(self._path, self._check)) as connection:
            yield connection, begin_changes(connection, refusals, self._check)

    def was_applied(self, mark: Mark) -> bool:
        """Behind whoever is about to commit."""
        from entrepot.databases.sqlite.marks import is_set

        with closing(connect_to_change(self._path)) as connection:
            refusals = Refusals(path=self._path)
            begin_changes(connection, refusals, nobody)
            with refusals.translated("looking for a mark"):
                return is_set(connection, mark)

    def first_mark(self) -> str | None:
        from entrepot.databases.sqlite.marks import first_mark

        with self._marks() as connection:
            return first_mark(connection)

    def marked(self, jobs: Collection[str]) -> frozenset[str]:
        from entrepot.databases.sqlite.marks import marked

        with self._marks() as connection:
            return marked(connection, jobs)

    @contextmanager
    def _marks(self) -> Iterator[sqlite3.Connection]:
        refusals = Refusals(path=self._path)
        with closing(connect_to_change(self._path)) as connection, refusals.translated("looking for marks"):
            yield connection
