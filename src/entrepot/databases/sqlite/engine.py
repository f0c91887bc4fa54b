"""SQLite behind the port: opens the file when asked, keeps nothing open."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from entrepot.databases.sqlite.connect import connect
from entrepot.databases.sqlite.failures import translated
from entrepot.databases.sqlite.introspect import read_catalog
from entrepot.databases.sqlite.script import SqliteScript
from entrepot.databases.sqlite.session import SqliteSession
from entrepot.databases.sqlite.snapshot import check_schema, hold
from entrepot.model.catalog import Catalog, Entity
from entrepot.model.ports import ScriptDialect

BESIDE = ("-wal", "-shm", "-journal")
"""What SQLite puts beside a database."""


class SqliteEngine:
    name = "sqlite"

    def __init__(self, path: Path) -> None:
        self._path = path
        self.script: ScriptDialect = SqliteScript()
        self.files: tuple[Path, ...] = (path, *(path.with_name(path.name + ending) for ending in BESIDE))

    def introspect(self) -> Catalog:
        with closing(connect(self._path)) as connection, translated(self._path, "reading the catalog"):
            connection.execute("BEGIN")
            return read_catalog(connection, self._path)

    @contextmanager
    def snapshot(self, catalog: Catalog, entities: Sequence[Entity], work: Path) -> Iterator[SqliteSession]:
        def check() -> None:
            """The snapshot itself cannot change; this looks at the file as it is now."""
            with closing(connect(self._path)) as now, translated(self._path, "looking at the schema"):
                check_schema(now, entities)

        with hold(self._path, work) as held:
            check_schema(held.connection, entities)
            yield SqliteSession(held, catalog, self._path, check)
