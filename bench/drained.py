"""Tiny jobs that wait, and one worker that does them, on each engine: how long each takes it, its start among it."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack, closing
from pathlib import Path

from entrepot import Entrepot, ExportOptions
from entrepot.use_cases.submissions import Manner
from servers.mariadb import running_server as running_mariadb
from servers.postgres import running_server as running_postgres

ROWS, MANY = 10, 1000
MADE = (
    "CREATE TABLE tiny (id int PRIMARY KEY, name varchar(40))",
    "INSERT INTO tiny VALUES " + ", ".join(f"({n}, 'name of {n}')" for n in range(ROWS)),
)
TITLES = {"sqlite": "SQLite", "postgres": "PostgreSQL, with the records", "mariadb": "MariaDB"}


def drained_lines(engines: Sequence[str], folder: Path) -> list[str]:
    """A row of the table for each."""
    lines = []
    for engine in engines:
        home = folder / f"drained-{engine}"
        home.mkdir()
        with ExitStack() as stack:
            seconds = _drained(home, _made(engine, home, stack), has_records=engine == "postgres")
        words = f"{seconds:.1f} s | {seconds / MANY * 1000:.0f} ms each |"
        lines.append(f"| {MANY:,} exports of {ROWS} rows, {TITLES[engine]} | | {words}")
    return lines


def _made(engine: str, home: Path, stack: ExitStack) -> str:
    """The URL of a database with the table; servers write to disk as people's do."""
    if engine == "sqlite":
        with closing(sqlite3.connect(home / "app.db")) as connection, connection:
            for statement in MADE:
                connection.execute(statement)
        return f"sqlite:///{home / 'app.db'}"
    running = running_postgres if engine == "postgres" else running_mariadb
    database = stack.enter_context(stack.enter_context(running(durable=True)).database())
    database.execute(*MADE)
    return database.url


def _drained(home: Path, url: str, *, has_records: bool) -> float:
    state = str(home / "state")
    known = {"ENTREPOT_DB": url, "ENTREPOT_STATE": url if has_records else state, "ENTREPOT_STATE_FOLDER": state}
    shop, by_hand = Entrepot(environment=known), Manner(wake=False)
    for _ in range(MANY):
        shop.submit_export("tiny", options=ExportOptions(format="csv"), manner=by_hand)
    began = time.perf_counter()
    command = [sys.executable, "-m", "entrepot", "worker", "--once"]
    environment = {**os.environ, **known, "PYTHONPATH": ":".join(sys.path)}
    subprocess.run(command, cwd=home, env=environment, stderr=subprocess.DEVNULL, check=True)
    seconds = time.perf_counter() - began
    assert all(job.status.value == "completed" for job in shop.jobs(limit=MANY))
    return seconds
