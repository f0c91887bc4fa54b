"""How one moment of a SQLite file is held while it is read."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from entrepot.databases.sqlite.connect import connect
from entrepot.databases.sqlite.failures import translated
from entrepot.databases.sqlite.introspect import definitions
from entrepot.databases.sqlite.reader import begin
from entrepot.databases.sqlite.readers import Reader
from entrepot.databases.sqlite.refusals import Refusals
from entrepot.databases.sqlite.waiting import TURN, Check, in_turns, wait_at_most
from entrepot.model.catalog import Entity
from entrepot.model.errors import ChangedError

COPY = "snapshot.db"


@dataclass(frozen=True, kw_only=True)
class Held:
    """A connection that sees one moment."""

    path: Path
    """The file that is read: the database, or a copy of it."""
    connection: sqlite3.Connection
    witness: sqlite3.Connection
    """Outside the moment: sees whether anything was committed since."""
    version: int
    """What the witness saw at that moment."""
    identity: str
    readers: list[Reader] = field(default_factory=list)
    """Processes that read along."""

    def is_unchanged(self) -> bool:
        """Whether nobody committed since: who began to read before this was asked sees the same moment."""
        return data_version(self.witness) == self.version

    def interrupt(self) -> None:
        """From any thread."""
        self.connection.interrupt()
        for reader in self.readers:
            reader.process.kill()


@contextmanager
def hold(path: Path, work: Path, check: Check) -> Iterator[Held]:
    """A read transaction in WAL mode, where readers and writers do not meet; else a copy, made by the online backup,
    because a long read of the file itself would keep its application from writing."""
    with closing(connect(path, check)) as connection, translated(path, "taking a snapshot"):
        if connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal":
            with closing(connect(path, check)) as witness:
                yield _begun(path, connection, witness, "read transaction")
            return
        copy = work / COPY
        _copy(connection, copy, check)
    try:
        with closing(connect(copy)) as connection, closing(connect(copy)) as witness, translated(copy, "reading"):
            yield _begun(copy, connection, witness, "online copy")
    finally:
        copy.unlink(missing_ok=True)


def begin_changes(connection: sqlite3.Connection, refusals: Refusals, check: Check) -> str:
    """From now on nobody else writes; and the moment's name. Where readers keep pages from being written early, we do
    not wait for them long: those pages stay in memory."""
    with refusals.translated("beginning to write"):
        in_turns(connection, check, lambda: connection.execute("BEGIN IMMEDIATE"))
        wait_at_most(connection, TURN)
        schema = connection.execute("PRAGMA schema_version").fetchone()[0]
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
    return f"write transaction, schema version {schema}, {pages} pages"


def _begun(path: Path, connection: sqlite3.Connection, witness: sqlite3.Connection, kind: str) -> Held:
    version = data_version(witness)
    begin(connection)
    schema = connection.execute("PRAGMA schema_version").fetchone()[0]
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    identity = f"{kind}, schema version {schema}, {pages} pages"
    return Held(path=path, connection=connection, witness=witness, version=version, identity=identity)


def data_version(witness: sqlite3.Connection) -> int:
    """Differs from the last answer if another connection committed in between."""
    return int(witness.execute("PRAGMA main.data_version").fetchone()[0])


def _copy(connection: sqlite3.Connection, copy: Path, check: Check) -> None:
    """In one step: the application waits for as long as its file takes to copy, and no page can change meanwhile.
    The copy need not survive a crash."""
    with closing(sqlite3.connect(copy)) as target:
        target.executescript("PRAGMA synchronous = OFF; PRAGMA journal_mode = OFF")
        in_turns(connection, check, lambda: connection.backup(target, pages=-1, progress=lambda *_: check()))


def check_schema(connection: sqlite3.Connection, entities: Sequence[Entity]) -> None:
    """Raise ChangedError unless the tables are those of the catalog."""
    now = definitions(connection)
    changed = [entity.title for entity in entities if now.get(entity.table) != entity.ddl]
    if changed:
        raise ChangedError(
            "schema_changed",
            f"The schema of {', '.join(changed)} changed since it was read.",
            remedy="Run it again; the new schema will be used.",
        )
