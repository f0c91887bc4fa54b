"""Opening the ledger of a folder: made at its first use, brought to the present shape, private to its owner."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from entrepot.ledger.artifacts import Artifacts
from entrepot.ledger.drafts import Drafts
from entrepot.ledger.events import Events, Progress
from entrepot.ledger.failures import translated
from entrepot.ledger.identities import Identities
from entrepot.ledger.jobs import Jobs
from entrepot.ledger.journals import Journals
from entrepot.ledger.locking import PATIENCE, locked
from entrepot.ledger.mappings import Mappings
from entrepot.ledger.migrating import STEPS, migrate
from entrepot.ledger.occurrences import Occurrences
from entrepot.ledger.orders import Orders
from entrepot.ledger.plans import Plans
from entrepot.ledger.records import WRITES, Records
from entrepot.ledger.schedules import Schedules
from entrepot.ledger.units import Units
from entrepot.model.errors import DamagedError, InputError
from entrepot.model.ports import Clock
from entrepot.model.problems import Category, Problem, Severity

FILE = "ledger.db"
LOCK = "ledger.lock"
SETTINGS = (f"PRAGMA busy_timeout = {int(PATIENCE * 1000)}", "PRAGMA foreign_keys = ON", "PRAGMA synchronous = FULL")
WAL_RESET_FIXED = (3, 51, 3)


@dataclass(frozen=True)
class Ledger:
    records: Records

    @property
    def jobs(self) -> Jobs:
        return Jobs(self.records)

    @property
    def drafts(self) -> Drafts:
        return Drafts(self.records)

    @property
    def plans(self) -> Plans:
        return Plans(self.records)

    @property
    def mappings(self) -> Mappings:
        return Mappings(self.records)

    @property
    def artifacts(self) -> Artifacts:
        return Artifacts(self.records)

    @property
    def journals(self) -> Journals:
        return Journals(self.records)

    @property
    def units(self) -> Units:
        return Units(self.records)

    @property
    def orders(self) -> Orders:
        return Orders(self.records)

    @property
    def events(self) -> Events:
        return Events(self.records)

    @property
    def progress(self) -> Progress:
        return Progress(self.records)

    @property
    def schedules(self) -> Schedules:
        return Schedules(self.records)

    @property
    def occurrences(self) -> Occurrences:
        return Occurrences(self.records)

    @property
    def identities(self) -> Identities:
        return Identities(self.records)

    @property
    def warnings(self) -> tuple[Problem, ...]:
        return () if sqlite3.sqlite_version_info >= WAL_RESET_FIXED else (_old_sqlite(),)

    def check(self) -> None:
        """Read every page of the file."""
        with self.records.reading() as connection:
            found = connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar_one()
        if found != "ok":
            raise DamagedError(
                "ledger_damaged",
                f"{self.records.place} is damaged: {found}.",
                remedy="Put a backup of the folder in its place.",
            )


@contextmanager
def open_ledger(
    folder: Path, clock: Clock, chance: Callable[[int], bytes] = os.urandom, patience: float = PATIENCE
) -> Iterator[Ledger]:
    """The ledger in `folder`, which exists and is private already."""
    engine = sqlite_engine(folder / FILE)
    records = Records(engine, folder / FILE, clock, chance, partial(locked, folder / LOCK, patience))
    try:
        _prepare(records, folder / FILE)
        migrate(records)
        records.watch()
        yield Ledger(records)
    finally:
        engine.dispose()


def sqlite_engine(file: Path) -> Engine:
    engine = create_engine(URL.create("sqlite", database=str(file)))
    event.listen(engine, "connect", _set_up)
    event.listen(engine, "begin", _begin)
    return engine


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


def _prepare(records: Records, file: Path) -> None:
    """What SQLite makes beside the file gets the rights of the file."""
    with translated(file), records.alone():
        os.close(os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        with closing(sqlite3.connect(file, timeout=PATIENCE)) as connection:
            found = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            if found and STEPS not in found:
                raise _not_a_ledger(file)
            connection.execute("PRAGMA journal_mode = WAL")


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
