"""How one moment of a SQLite file is held while it is read."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from entrepot.databases.sqlite.connect import connect
from entrepot.databases.sqlite.failures import translated
from entrepot.databases.sqlite.introspect import definitions
from entrepot.model.catalog import Entity
from entrepot.model.errors import ChangedError

COPY = "snapshot.db"


@dataclass(frozen=True, kw_only=True)
class Held:
    """A connection that sees one moment."""

    connection: sqlite3.Connection
    identity: str


@contextmanager
def hold(path: Path, work: Path) -> Iterator[Held]:
    """A read transaction in WAL mode, where readers and writers do not meet; else a copy, made by the online backup,
    because a long read of the file itself would keep its application from writing."""
    with closing(connect(path)) as connection:
        with translated(path, "taking a snapshot"):
            mode = connection.execute("PRAGMA journal_mode").fetchone()[0]
        if mode == "wal":
            with translated(path, "taking a snapshot"):
                yield Held(connection=connection, identity=f"read transaction, {_begun(connection)}")
            return
        copy = work / COPY
        _copy(connection, path, copy)
    try:
        with closing(connect(copy)) as connection, translated(path, "taking a snapshot"):
            yield Held(connection=connection, identity=f"online copy, {_begun(connection)}")
    finally:
        copy.unlink(missing_ok=True)


def _begun(connection: sqlite3.Connection) -> str:
    """A transaction sees what its first read saw."""
    connection.execute("BEGIN")
    version = connection.execute("PRAGMA schema_version").fetchone()[0]
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute("SELECT count(*) FROM main.sqlite_schema").fetchone()
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
