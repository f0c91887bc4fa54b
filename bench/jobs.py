"""What it costs to have something done by a worker: `python -m bench --way jobs`.

Against calling it directly in a process that is warm, as the worker is; and many tiny jobs on each engine.
"""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from bench.dataset import write_csv
from bench.drained import MADE, ROWS, TITLES, drained_lines
from bench.servers import loaded
from bench.watching import MOST, WATCHERS, watched
from entrepot import Entrepot, ExportOptions
from entrepot.use_cases.submissions import Manner

CSV = ExportOptions(format="csv", overwrite=True)
BY_HAND = Manner(wake=False)
MOST_MORE, MOST_PART = 0.150, 0.05
LOOK = 0.25


def job_lines(rows: int, runs: int, engines: Sequence[str], jobs: int, *, data: Path, folder: Path) -> Iterator[str]:
    """The table as it comes, with `over` where a gate was not held. `jobs`: tiny ones that wait, on each engine."""
    yield from ("| what | directly | as a job | more |", "|---|--:|--:|--:|")
    with _pair(_tiny(folder), "tiny", folder / "pair-tiny") as pair:
        direct, job = pair.compared(runs)
    longer = _held(job - direct, MOST_MORE, f"{(job - direct) * 1000:.0f} ms")
    yield f"| export of {ROWS} rows, SQLite | {direct:.3f} s | {job:.3f} s | {longer} |"
    with loaded(rows, write_csv(data, rows), data, frozenset(engines)) as sources:
        for engine in engines:
            with _pair(getattr(sources, engine), "transactions", folder / f"pair-{engine}") as pair:
                direct, job = pair.compared(runs)
            share = _held(job / direct - 1, MOST_PART, f"{job / direct - 1:.1%}")
            yield f"| export of {rows:,} rows, {TITLES[engine]} | {direct:.2f} s | {job:.2f} s | {share} |"
    yield from drained_lines(engines, jobs, folder)
    for words, part in watched(folder):
        yield f"| {WATCHERS} who watch, {words} | | | {_held(part, MOST, f'{part:.1%}')} of a core |"


def _held(found: float, most: float, words: str) -> str:
    return f"{words} (over)" if found > most else words


def _tiny(folder: Path) -> str:
    with closing(sqlite3.connect(folder / "app.db")) as connection, connection:
        for statement in MADE:
            connection.execute(statement)
    return f"sqlite:///{folder / 'app.db'}"


@dataclass(frozen=True)
class Pair:
    """One export both ways."""

    shop: Entrepot
    entity: str
    home: Path

    def compared(self, runs: int) -> tuple[float, float]:
        """By turns, so that what else goes on befalls both; the first time of each is not counted."""
        to = self.home / "out.csv"
        times = [(direct := self._direct(to), self._job(to, direct)) for _ in range(runs + 1)][1:]
        return median(direct for direct, _ in times), median(job for _, job in times)

    def _direct(self, to: Path) -> float:
        began = time.perf_counter()
        self.shop.export(self.entity, to=to, options=CSV)
        return time.perf_counter() - began

    def _job(self, to: Path, about: float) -> float:
        """From the submission, which is part of it, to the end on record; nobody looks before it can be there."""
        began = datetime.now(UTC)
        job = self.shop.submit_export(self.entity, to=to, options=CSV, manner=BY_HAND)
        time.sleep(about)
        return (self._end(job.id) - began).total_seconds()

    def _end(self, job: str) -> datetime:
        """As the worker wrote it down: whoever looks often takes a processor from what is measured."""
        while (end := self.shop.job(job).job.finished_at) is None:
            time.sleep(LOOK)
        return end


@contextmanager
def _pair(url: str, entity: str, home: Path) -> Iterator[Pair]:
    """With a worker, which ends with it."""
    home.mkdir()
    known = {"ENTREPOT_DB": url, "ENTREPOT_STATE": str(home / "state")}
    command = [sys.executable, "-m", "entrepot", "worker"]
    environment = {**os.environ, **known, "PYTHONPATH": ":".join(sys.path)}
    with subprocess.Popen(command, env=environment, cwd=home, stderr=subprocess.DEVNULL) as worker:
        try:
            yield Pair(Entrepot(environment=known), entity, home)
        finally:
            worker.terminate()
