"""What it costs to have something done by a worker: `python -m bench --way jobs`.

Against calling it directly in a process that is warm, as the worker is; and many tiny jobs on each engine.
"""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from statistics import median

from bench.drained import drained_lines
from bench.watching import MOST, WATCHERS, watched
from entrepot import Entrepot, ExportOptions
from entrepot.use_cases.submissions import Manner

CSV = ExportOptions(format="csv", overwrite=True)
BY_HAND = Manner(wake=False)
TINY = 10
MOST_MORE, MOST_PART = 0.150, 0.05
LOOK, LOOK_PART = 0.002, 0.02
"""Seconds between two looks at first, and of what has passed by then."""


def job_lines(rows: int, runs: int, engines: Sequence[str], jobs: int, folder: Path) -> Iterator[str]:
    """The table as it comes, with `over` where a gate was not held. `jobs`: tiny ones that wait, on each engine."""
    yield from ("| what | directly | as a job | more |", "|---|--:|--:|--:|")
    shop = _shop(folder, rows)
    with _worker(folder):
        direct, job = _compared(shop, folder, "tiny", runs)
        longer = _held(job - direct, MOST_MORE, f"{(job - direct) * 1000:.0f} ms")
        yield f"| export of {TINY} rows | {direct:.3f} s | {job:.3f} s | {longer} |"
        direct, job = _compared(shop, folder, "large", runs)
        share = _held(job / direct - 1, MOST_PART, f"{job / direct - 1:.1%}")
        yield f"| export of {rows:,} rows | {direct:.2f} s | {job:.2f} s | {share} |"
    yield from drained_lines(engines, jobs, folder)
    for words, part in watched(folder):
        yield f"| {WATCHERS} who watch, {words} | | | {_held(part, MOST, f'{part:.1%}')} of a core |"


def _held(found: float, most: float, words: str) -> str:
    return f"{words} (over)" if found > most else words


def _shop(folder: Path, rows: int) -> Entrepot:
    with closing(sqlite3.connect(folder / "app.db")) as connection:
        for table, count in (("tiny", TINY), ("large", rows)):
            connection.execute(f"CREATE TABLE {table} (id INTEGER PRIMARY KEY, name TEXT, price REAL, at TEXT)")
            values = ((n, f"name of {n}", n / 7, "2026-01-01T00:00:00") for n in range(count))
            connection.executemany(f"INSERT INTO {table} VALUES (?, ?, ?, ?)", values)
        connection.commit()
    return Entrepot(f"sqlite:///{folder / 'app.db'}", environment={"ENTREPOT_STATE": str(folder / "state")})


@contextmanager
def _worker(folder: Path) -> Iterator[None]:
    command = [sys.executable, "-m", "entrepot", "worker"]
    environment = {"ENTREPOT_STATE": str(folder / "state"), "PYTHONPATH": ":".join(sys.path)}
    with subprocess.Popen(command, env=environment, cwd=folder, stderr=subprocess.DEVNULL) as worker:
        try:
            yield
        finally:
            worker.terminate()


def _compared(shop: Entrepot, folder: Path, table: str, runs: int) -> tuple[float, float]:
    """By turns, so that what else goes on befalls both; the first time of each is not counted."""
    direct: list[float] = []
    job: list[float] = []
    for number in range(runs + 1):
        to = folder / f"{table}-{number}.csv"
        direct.append(_direct(shop, table, to))
        job.append(_job(shop, table, to))
    return median(direct[1:]), median(job[1:])


def _direct(shop: Entrepot, table: str, to: Path) -> float:
    began = time.perf_counter()
    shop.export(table, to=to, options=CSV)
    return time.perf_counter() - began


def _job(shop: Entrepot, table: str, to: Path) -> float:
    """From the submission, which is part of it, to the end on record."""
    began = time.perf_counter()
    job = shop.submit_export(table, to=to, options=CSV, manner=BY_HAND)
    _wait(shop, job.id)
    return time.perf_counter() - began


def _wait(shop: Entrepot, job: str) -> None:
    """The longer it takes, the less often we look: our looking takes a processor from what is measured."""
    began = time.perf_counter()
    while not shop.job(job).job.status.final:
        time.sleep(max(LOOK, (time.perf_counter() - began) * LOOK_PART))
