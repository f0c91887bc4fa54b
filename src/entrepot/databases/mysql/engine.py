"""MySQL and MariaDB behind the port: opens connections when asked, keeps none. What only imports need, they import."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from entrepot.databases.heeding import Heeding
from entrepot.databases.mysql.address import Address
from entrepot.databases.mysql.connect import connect, connect_to_change, product_version
from entrepot.databases.mysql.failures import translated
from entrepot.databases.mysql.introspect import read_catalog
from entrepot.databases.mysql.running import Running
from entrepot.databases.mysql.script import MySqlScript
from entrepot.databases.mysql.session import MySqlSession
from entrepot.databases.mysql.snapshot import begin_snapshot
from entrepot.databases.mysql.straight import MISTAKEN
from entrepot.model.catalog import Catalog, Entity
from entrepot.model.changes import Mark, Waits, Writing
from entrepot.model.script_dialects import ScriptDialect
from entrepot.model.sessions import Signature

if TYPE_CHECKING:
    from entrepot.databases.mysql.change import MySqlTarget
    from entrepot.databases.mysql.connect import Connection


class MySqlEngine(Heeding):
    name = "mysql"
    writing = Writing(
        created=5.0,
        updated=12.0,
        waiting="others can read everything; who changes the same rows, adds rows between their keys, or changes a row"
        " that new ones refer to, waits",
        takes_files=True,
        pads=True,
        waits=Waits.LAST,
        mistaken=MISTAKEN,
    )

    def __init__(self, url: str) -> None:
        self._address = Address(url)
        self._signature: Signature | None = None
        self.script: ScriptDialect = MySqlScript()
        self.files: tuple[Path, ...] = ()

    def sign(self, signature: Signature) -> None:
        self._signature = signature
        self._address.program = str(signature)

    def end_former(self) -> int:
        from entrepot.databases.mysql.signing import end_former

        return 0 if self._signature is None else end_former(self._address, self._signature)

    def introspect(self) -> Catalog:
        with closing(connect(self._address)) as connection, self._opening(connection, "reading the catalog"):
            return read_catalog(connection)

    @contextmanager
    def snapshot(self, catalog: Catalog, entities: Sequence[Entity], work: Path) -> Iterator[MySqlSession]:
        """The server keeps the old rows for us as long as we read; `work` is for sets of keys on their way."""
        with closing(connect(self._address)) as connection:
            with self._opening(connection, "taking a snapshot") as running:
                identity = begin_snapshot(connection, entities)
            session = MySqlSession(running, catalog=catalog, entities=entities, identity=identity, work=work)
            with self._heeding(session.cancel):
                yield session

    @contextmanager
    def change(self, catalog: Catalog, entities: Sequence[Entity], work: Path, *, write: bool) -> Iterator[MySqlTarget]:
        """`work` is not needed: what is on its way is kept by the server."""
        from entrepot.databases.mysql.begin import begin_changes
        from entrepot.databases.mysql.change import MySqlTarget
        from entrepot.databases.mysql.signing import sign
        from entrepot.databases.mysql.staging import abilities

        with closing(connect_to_change(self._address)) as connection:
            with self._opening(connection, "beginning the import") as running:
                if write and self._signature is not None:
                    sign(connection, self._signature)
                identity = begin_changes(connection, entities, write=write)
                able = abilities(connection, *product_version(connection.get_server_info()))
            target = MySqlTarget(running, catalog=catalog, abilities=able, identity=identity, write=write)
            try:
                with self._heeding(target.cancel):
                    yield target
            finally:
                target.close()

    @contextmanager
    def _opening(self, connection: Connection, doing: str) -> Iterator[Running]:
        running = Running(connection, self._address)
        with self._heeding(running.cancel), running.working(doing):
            yield running

    def claimed(self, word: int) -> AbstractContextManager[None]:
        from entrepot.databases.mysql.claims import claimed

        return claimed(self._address, word)

    def is_claimed(self, word: int) -> bool:
        from entrepot.databases.mysql.claims import is_claimed

        return is_claimed(self._address, word)

    def was_applied(self, mark: Mark) -> bool:
        from entrepot.databases.mysql.marks import has_mark

        with closing(connect_to_change(self._address)) as connection, translated("looking for the mark of an import"):
            return has_mark(connection, mark)

    def first_mark(self) -> str | None:
        from entrepot.databases.mysql.marks import first_mark

        with closing(connect_to_change(self._address)) as connection, translated("looking for marks"):
            return first_mark(connection)

    def marked(self, jobs: Collection[str]) -> frozenset[str]:
        from entrepot.databases.mysql.marks import marked

        with closing(connect_to_change(self._address)) as connection, translated("looking for marks"):
            return marked(connection, jobs)
