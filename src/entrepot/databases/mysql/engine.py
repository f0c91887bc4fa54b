"""MySQL and MariaDB behind the port: opens connections when asked, keeps none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from entrepot.databases.mysql.address import Address
from entrepot.databases.mysql.connect import connect
from entrepot.databases.mysql.failures import translated
from entrepot.databases.mysql.introspect import read_catalog
from entrepot.databases.mysql.script import MySqlScript
from entrepot.databases.mysql.session import MySqlSession
from entrepot.databases.mysql.snapshot import begin_snapshot
from entrepot.model.catalog import Catalog, Entity
from entrepot.model.ports import ScriptDialect


class MySqlEngine:
    name = "mysql"

    def __init__(self, url: str) -> None:
        self._address = Address(url)
        self.script: ScriptDialect = MySqlScript()
        self.files: tuple[Path, ...] = ()

    def introspect(self) -> Catalog:
        with closing(connect(self._address)) as connection, translated("reading the catalog"):
            return read_catalog(connection)

    @contextmanager
    def snapshot(self, catalog: Catalog, entities: Sequence[Entity], work: Path) -> Iterator[MySqlSession]:
        """The server keeps the old rows for us as long as we read; `work` is for sets of keys on their way."""
        with closing(connect(self._address)) as connection:
            with translated("taking a snapshot"):
                identity = begin_snapshot(connection, entities)
            yield MySqlSession(
                connection, address=self._address, catalog=catalog, entities=entities, identity=identity, work=work
            )
