"""How one moment of a SQLite file is held while it is read."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from os import cpu_count
from pathlib import Path

from entrepot.databases.sqlite.connect import connect
from entrepot.databases.sqlite.failures import translated
from entrepot.databases.sqlite.introspect import definitions
from entrepot.model.catalog import Entity
from entrepot.model.errors import ChangedError

COPY = "snapshot.db"
TRIES = 20
MOST_BYTES = 32 << 20
"""The largest value of a helper: rows that need more are rendered one by one."""


@dataclass(frozen=True, kw_only=True)
class Held:
    """Connections that see one moment."""

    connection: sqlite3.Connection
    helpers: Sequence[sqlite3.Connection]
    """More of them, to read large tables faster; none where that makes no sense."""
    identity: str

    def everyone(self) -> tuple[sqlite3.Connection, ...]:
        return (self.connection, *self.helpers)


@contextmanager
def hold(path: Path, work: Path) -> Iterator[Held]:
    """A read transaction in WAL mode, where readers and writers do not meet; else a copy, made by the online backup,
    because a long read of the file itself would keep its application from writing."""
    with closing(connect(path)) as connection, translated(path, "taking a snapshot"):
        if connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal":
            with _together(path, "read transaction") as held:
                yield held
            return
        copy = work / COPY
        _copy(connection, path, copy)
    try:
        with _together(copy, "online copy") as held:
            yield held
    finally:
        copy.unlink(missing_ok=True)


@contextmanager
def _together(path: Path, kind: str) -> Iterator[Held]:
    """Several connections at one moment; a single one where the database is written to all the time."""
    with ExitStack() as stack:
        connection, witness, *helpers = (stack.enter_context(closing(connect(path))) for _ in range(2 + _helpers()))
        with translated(path, "taking a snapshot"):
            together = _at_one_moment(witness, (connection, *helpers))
            witness.close()
            if not together:
                helpers = _dismissed(helpers)
                connection.execute("BEGIN")
                _look(connection)
            for helper in helpers:
                helper.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MOST_BYTES)
            identity = f"{kind}, {_described(connection)}"
        yield Held(connection=connection, helpers=tuple(helpers), identity=identity)


def _helpers() -> int:
    """As many as there are processors for, but two at most: the application needs some, too."""
    return min(2, cpu_count() or 1) if (cpu_count() or 1) > 1 else 0


def _dismissed(helpers: Sequence[sqlite3.Connection]) -> list[sqlite3.Connection]:
    for helper in helpers:
        helper.close()
    return []


def _at_one_moment(witness: sqlite3.Connection, connections: Sequence[sqlite3.Connection]) -> bool:
    """Begin them all; they see the same if the witness saw no commit from before the first to after the last."""
    for _ in range(TRIES):
        before = _version(witness)
        for connection in connections:
            connection.execute("BEGIN")
            _look(connection)
        if _version(witness) == before:
            return True
        for connection in connections:
            connection.execute("ROLLBACK")
    return False


def _version(witness: sqlite3.Connection) -> int:
    """Differs from the last answer if another connection committed in between."""
    return int(witness.execute("PRAGMA main.data_version").fetchone()[0])


def _look(connection: sqlite3.Connection) -> None:
    """A transaction sees what its first read saw."""
    connection.execute("SELECT count(*) FROM main.sqlite_schema").fetchone()


def _described(connection: sqlite3.Connection) -> str:
    version = connection.execute("PRAGMA schema_version").fetchone()[0]
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    return f"schema version {version}, {pages} pages"


def _copy(connection: sqlite3.Connection, path: Path, copy: Path) -> None:
    """In one step: the application waits for as long as its file takes to copy, and no page can change meanwhile."""
    with translated(path, "copying"), closing(sqlite3.connect(copy)) as target:
        connection.backup(target, pages=-1)


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
