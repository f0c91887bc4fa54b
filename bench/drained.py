"""Tiny jobs that wait, and one worker that does them, on each engine: what each takes, submitted and done."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

from entrepot import Entrepot, ExportOptions
from entrepot.use_cases.submissions import Manner
from servers.mariadb import running_server as running_mariadb
from servers.postgres import running_server as running_postgres

ROWS, DIRECTLY = 10, 20
MADE = (
    "CREATE TABLE tiny (id int PRIMARY KEY, name varchar(40))",
    "INSERT INTO tiny VALUES " + ", ".join(f"({n}, 'name of {n}')" for n in range(ROWS)),
)
TITLES = {"sqlite": "SQLite", "postgres": "PostgreSQL", "mariadb": "MariaDB"}
CSV, BY_HAND = ExportOptions(format="csv"), Manner(wake=False)


@dataclass(frozen=True, kw_only=True)
class Drained:
    """Seconds, for one job; the worker's own start and end are told apart."""

    directly: float
    submitted: float
    done: float
    around: float


def drained_lines(engines: Sequence[str], jobs: int, folder: Path) -> Iterator[str]:
    """A row of the table for each."""
    for engine in engines:
        home = folder / f"drained-{engine}"
        home.mkdir()
        has_records = engine == "postgres"
        with ExitStack() as stack:
            found = _drained(home, _made(engine, home, stack), jobs, has_records=has_records)
        times = f"{_ms(found.directly)} | {_ms(found.done)} each"
        title = TITLES[engine] + (", with the records" if has_records else "")
        apart = f"{_ms(found.submitted)} to submit each; {found.around:.1f} s for the worker's start and end"
        yield f"| {jobs:,} exports of {ROWS} rows, {title} | {times} | {apart} |"


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms"


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


def _drained(home: Path, url: str, jobs: int, *, has_records: bool) -> Drained:
    state = str(home / "state")
    known = {"ENTREPOT_DB": url, "ENTREPOT_STATE": url if has_records else state, "ENTREPOT_STATE_FOLDER": state}
    shop = Entrepot(environment=known)
    began = time.perf_counter()
    for _ in range(jobs):
        shop.submit_export("tiny", options=CSV, manner=BY_HAND)
    submitted = time.perf_counter() - began
    whole, done = _worked(home, known), _done(shop, jobs)
    return Drained(
        directly=_directly(shop, home), submitted=submitted / jobs, done=done / (jobs - 1), around=whole - done
    )


def _worked(home: Path, known: dict[str, str]) -> float:
    command = [sys.executable, "-m", "entrepot", "worker", "--once"]
    environment = {**os.environ, **known, "PYTHONPATH": ":".join(sys.path)}
    began = time.perf_counter()
    subprocess.run(command, cwd=home, env=environment, stderr=subprocess.DEVNULL, check=True)
    return time.perf_counter() - began


def _done(shop: Entrepot, jobs: int) -> float:
    """From the end of the first job to that of the last one, as they are on record."""
    found = shop.jobs(limit=jobs)
    assert all(job.status.value == "completed" for job in found)
    ends = [job.finished_at for job in found if job.finished_at is not None]
    return (max(ends) - min(ends)).total_seconds()


def _directly(shop: Entrepot, home: Path) -> float:
    began = time.perf_counter()
    for number in range(DIRECTLY):
        shop.export("tiny", to=home / f"{number}.csv")
    return (time.perf_counter() - began) / DIRECTLY
