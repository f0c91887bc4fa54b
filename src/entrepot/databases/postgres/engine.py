"""PostgreSQL behind the port: opens connections when asked, keeps none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from entrepot.databases.postgres.companion import Companion
from entrepot.databases.postgres.connect import connect
from entrepot.databases.postgres.failures import translated
from entrepot.databases.postgres.introspect import read_catalog
from entrepot.databases.postgres.script import PostgresScript
from entrepot.databases.postgres.session import PostgresSession
from entrepot.databases.postgres.snapshot import begin_snapshot
from entrepot.model.catalog import Catalog, Entity
from entrepot.model.ports import ScriptDialect


class PostgresEngine:
    name = "postgres"

    def __init__(self, url: str) -> None:
        self._url = url
        self.script: ScriptDialect = PostgresScript()
        self.files: tuple[Path, ...] = ()

    def introspect(self) -> Catalog:
        connection, default_schema = connect(self._url)
        with closing(connection), translated("reading the catalog"):
            # one snapshot, so that the queries cannot describe different moments
            connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            return read_catalog(connection, default_schema)

    @contextmanager
    def snapshot(self, catalog: Catalog, entities: Sequence[Entity], work: Path) -> Iterator[PostgresSession]:
        """`work` stays empty: the server keeps the old rows for us as long as we read."""
        connection, default_schema = connect(self._url)
        with closing(connection):
            with translated("taking a snapshot"):
                frozen = begin_snapshot(connection, default_schema, entities)
            with closing(Companion(self._url, frozen)) as companion:
                yield PostgresSession(connection, catalog, frozen.identity, companion)
