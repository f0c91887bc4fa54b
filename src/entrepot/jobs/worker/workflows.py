"""DBOS: every attempt at a job is one of its workflows. Its database is a file of its own beside the ledger.

A process that comes back finds the workflows of the one before it, and finds that it has nothing to do with them: who
may try a job again is decided in the ledger alone.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from entrepot.model.errors import missing_extra
from entrepot.state import WORKFLOWS

VERSION = "wf-1"
"""Raised only when the steps of a workflow come in another order; what DBOS would take changes with every edit."""
PLACES_BESIDE = 4
"""Threads for what DBOS does itself."""
SETTINGS = ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", "PRAGMA busy_timeout = 30000")
ENDED = ("SUCCESS", "ERROR", "CANCELLED")
KEPT = 1000
"""Workflows that are over are dropped by so many."""


class Workflows:
    """Fulfils `loop.Start` with `start`."""

    def __init__(self, begin: Callable[[str], object], drop: Callable[[list[str]], object]) -> None:
        self._begin = begin
        self._drop = drop
        self._attempts: dict[str, Callable[[], None]] = {}
        self._over: list[str] = []
        self._lock = threading.Lock()

    def start(self, name: str, attempt: Callable[[], None]) -> None:
        with self._lock:
            self._attempts[name] = attempt
            over = list(self._over) if len(self._over) >= KEPT else None
            if over:
                self._over.clear()
        if over:
            self._drop(over)
        self._begin(name)

    def carry_out(self, name: str) -> None:
        """One of a process before this one has no attempt here."""
        with self._lock:
            attempt = self._attempts.pop(name, None)
        if attempt is not None:
            attempt()
            with self._lock:
                self._over.append(name)


@contextmanager
def opened(folder: Path, places: int) -> Iterator[Workflows]:
    """One in a process: DBOS knows no more of itself."""
    dbos = imported()
    engine = engine_of(folder / WORKFLOWS)
    try:
        dbos.DBOS(config=_config(dbos, engine, folder / WORKFLOWS, places))

        @dbos.DBOS.step(name="entrepot_attempt")
        def attempt(name: str) -> None:
            workflows.carry_out(name)

        @dbos.DBOS.workflow(name="entrepot_job")
        def job(name: str) -> None:
            attempt(name)

        def begin(name: str) -> None:
            with dbos.SetWorkflowID(name):
                dbos.DBOS.start_workflow(job, name)

        workflows = Workflows(begin, dbos.DBOS.delete_workflows)
        dbos.DBOS.launch()
        _drop_old(dbos)
        yield workflows
    finally:
        dbos.DBOS.destroy(destroy_registry=True)
        engine.dispose()


def imported() -> Any:
    try:
        import dbos
    except ImportError as error:
        raise missing_extra("jobs", "Working on jobs") from error
    return dbos


def engine_of(file: Path) -> Engine:
    """One connection: its users wait for each other, instead of trying again and again for the lock of the file."""
    os.close(os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    engine = create_engine(URL.create("sqlite", database=str(file)), pool_size=1, max_overflow=0)
    event.listen(engine, "connect", _set_up)
    return engine


def _set_up(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    for setting in SETTINGS:
        cursor.execute(setting)
    cursor.close()


def _config(dbos: Any, engine: Engine, file: Path, places: int) -> dict[str, Any]:
    """Its database holds no pickles: they would be programs for whoever may write there."""
    return {
        "name": "entrepot",
        "system_database_url": f"sqlite:///{file}",
        "system_database_engine": engine,
        "application_version": VERSION,
        "executor_id": "embedded",
        "serializer": dbos.DBOSPortableJSONSerializer(),
        "log_level": "WARNING",
        "enable_otlp": False,
        "use_listen_notify": False,
        "max_executor_threads": places + PLACES_BESIDE,
    }


def _drop_old(dbos: Any) -> None:
    """What is over is known from the ledger."""
    while True:
        old = dbos.DBOS.list_workflows(status=list(ENDED), limit=KEPT, load_input=False, load_output=False)
        if not old:
            return
        dbos.DBOS.delete_workflows([each.workflow_id for each in old])
