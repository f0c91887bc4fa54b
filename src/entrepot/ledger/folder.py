"""A ledger in a folder of this machine: a SQLite file, private to its owner, with one writer at a time."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from functools import cache, partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Dialect, Engine, QueuePool, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.util import LRUCache

from entrepot.ledger import owners, secrets
from entrepot.ledger.failures import translated
from entrepot.ledger.locking import PATIENCE, locked
from entrepot.ledger.migrating import STEPS
from entrepot.ledger.signs import WORKER_LOCK, end_silent
from entrepot.model.errors import DamagedError, InputError, StorageError
from entrepot.model.lives import Life, Pulse
from entrepot.model.problems import Category, Problem, Severity

FILE = "ledger.db"
LOCK = "ledger.lock"
SETTINGS = (f"PRAGMA busy_timeout = {int(PATIENCE * 1000)}", "PRAGMA foreign_keys = ON", "PRAGMA synchronous = FULL")
WAL_RESET_FIXED = (3, 51, 3)
COMPILED: LRUCache[Any, Any] = LRUCache(500)
WRITES = "entrepot_writes"
"""The option of a connection whose transactions take the right to write at their beginning."""


class FolderHome:
    """Fulfils `homes.Home`."""

    several = False

    def __init__(self, folder: Path, patience: float = PATIENCE) -> None:
        self.folder = folder
        self.file = folder / FILE
        self.engine = _engine(self.file)
        self._writer = self.engine.execution_options(**{WRITES: True})
        self._patience = patience
        self._seen: tuple[int, int] | None = None

    @property
    def place(self) -> str:
        return str(self.file)

    @property
    def warnings(self) -> tuple[Problem, ...]:
        return () if sqlite3.sqlite_version_info >= WAL_RESET_FIXED else (_old_sqlite(),)

    def prepare(self) -> None:
        """What SQLite makes beside the file gets the rights of the file."""
        with translated(self.file), self._locked():
            _make(self.file)
            with closing(sqlite3.connect(self.file, timeout=PATIENCE)) as connection:
                found = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
                if found and STEPS not in found:
                    raise _not_a_ledger(self.file)
                connection.execute("PRAGMA journal_mode = WAL")

    def watch(self) -> None:
        """From now on, what is written must go into the file that is there now."""
        self._seen = _identity(self.file)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        with translated(self.file), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        with translated(self.file), self._locked():
            if self._seen not in (None, _identity(self.file)):
                raise _gone(self.file)
            with self._writer.begin() as connection:
                yield connection

    def check(self) -> None:
        """Read every page of the file."""
        with self.reading() as connection:
            found = connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar_one()
        if found != "ok":
            raise DamagedError(
                "ledger_damaged",
                f"{self.file} is damaged: {found}.",
                remedy="Put a backup of the folder in its place.",
            )

    def owning(self, life: Life | None = None) -> AbstractContextManager[str]:
        """There is one worker for a folder, and its lock has its signs of life."""
        return owners.owning(self.folder)

    def is_alive(self, owner: str) -> bool:
        return owners.is_alive(self.folder, owner)

    def pulses(self) -> dict[str, Pulse]:
        return {}

    def end_sessions(self, owner: str) -> None: ...

    def alone(self, name: str) -> AbstractContextManager[None]:
        return locked(self.folder / name)

    def known_secret(self) -> bytes | None:
        return secrets.known_secret(self.folder)

    def made_secret(self) -> bytes:
        return secrets.made_secret(self.folder)

    def _locked(self) -> AbstractContextManager[None]:
        """A worker that is paused while it writes would keep everybody from it."""
        return locked(self.folder / LOCK, self._patience, lambda: end_silent(self.folder / WORKER_LOCK))


def _engine(file: Path) -> Engine:
    """With connections of its own, for the file may be another one by the next time, and with what is known of
    statements from any time before: to compile those of a submission takes longer than to run them."""
    url, dialect = URL.create("sqlite", database=str(file)), _dialect()
    arguments, options = dialect.create_connect_args(url)
    engine = Engine(QueuePool(partial(dialect.connect, *arguments, **options), dialect=dialect), dialect, url)
    event.listen(engine, "connect", _set_up)
    event.listen(engine, "begin", _begin)
    return engine.execution_options(compiled_cache=COMPILED)


@cache
def _dialect() -> Dialect:
    """Which has met a database once, as it must."""
    engine = create_engine("sqlite://")
    engine.connect().close()
    engine.dispose()
    return engine.dialect


def _make(file: Path) -> None:
    """One that is there is not touched: closing it would end all locks that SQLite holds on it for this process, and
    the next process to close it would take the newest part away from under whoever still works with it here."""
    with suppress(FileExistsError):
        os.close(os.open(file, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))


def _set_up(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    """Transactions begin where we say, not where the driver sees a first change."""
    connection.isolation_level = None
    cursor = connection.cursor()
    for setting in SETTINGS:
        cursor.execute(setting)
    cursor.close()


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get(WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _identity(file: Path) -> tuple[int, int] | None:
    """None: there is no such file."""
    try:
        found = file.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


def _gone(place: Path) -> StorageError:
    """A file without a name takes what is written into it, and is lost with the last process that has it open."""
    return StorageError(
        "state_gone",
        f"{place} was deleted or replaced while it was in use.",
        remedy="Leave the state folder alone while something runs, and run it again.",
    )


def _not_a_ledger(file: Path) -> InputError:
    return InputError(
        "not_a_ledger",
        f"{file} is a database, but not Entrepot's own records.",
        remedy="Set another folder for them (ENTREPOT_STATE, or [state] folder).",
    )


def _old_sqlite() -> Problem:
    return Problem(
        code="old_sqlite",
        message=f"SQLite {sqlite3.sqlite_version} can damage a file that several processes write to at once.",
        remedy="Entrepot lets its processes write in turn; leave ledger.db alone meanwhile. SQLite 3.51.3 is safe.",
        severity=Severity.WARNING,
        category=Category.INTEGRITY,
    )
