"""Processes that look at the clock; some kill themselves, as `kill -9` would.

`python schedulers.py kill HOME` or `python schedulers.py walk FOLDER SEED`.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from random import Random

from sqlalchemy import Engine, event

TESTS = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS))

from contract.ledger.pinned import PinnedClock  # noqa: E402 - this file also runs by itself
from entrepot.jobs.schedules.ticking import tick  # noqa: E402
from entrepot.model.errors import EntrepotError  # noqa: E402
from entrepot.model.records import JobRecord, Status  # noqa: E402
from entrepot.model.schedules import Missed, Overlap, Schedule  # noqa: E402
from entrepot.state import State, open_state  # noqa: E402
from recovery.dying import kill_everywhere  # noqa: E402

START = datetime(2026, 10, 22, 11, 7, tzinfo=UTC)
"""Three days before clocks go back in Berlin."""
END = START + timedelta(days=7)
HOURLY = Schedule(
    name="hourly",
    kind="export",
    cron="hourly",
    database="d",
    request={},
    keep={"last": 1},
    principal={"name": "local", "role": "system_admin", "tenant": None},
)
WEEK = tuple(
    replace(HOURLY, name=name, cron=cron, zone="Europe/Berlin", keep={}, missed=Missed.ALL, overlap=overlap, most=1000)
    for name, cron, overlap in (
        ("nightly", "30 2 * * *", Overlap.QUEUE),
        ("often", "15 */4 * * *", Overlap.QUEUE),
        ("twice", "0,30 2 * * *", Overlap.QUEUE),
    )
)


def child(*words: object) -> list[str]:
    return [sys.executable, __file__, *map(str, words)]


@contextmanager
def at(folder: Path, moment: datetime) -> Iterator[tuple[State, PinnedClock]]:
    clock = PinnedClock()
    clock.moment = moment
    with open_state(folder / "state", clock) as state:
        yield state, clock


def carry_out(state: State, job: JobRecord) -> None:
    """As a worker does: into the folder that is asked for."""
    folder = Path(state.ledger.orders.get(job.id).request["to"])
    folder.mkdir(parents=True)
    (folder / "users.csv").write_bytes(b"rows")
    (folder / "receipt.json").write_bytes(b"{}")
    receipt = {"receipt_path": f"{folder}/receipt.json", "receipt": {"files": [{"name": "users.csv", "bytes": 4}]}}
    owned = state.ledger.jobs.take_over(job, "worker")
    state.ledger.jobs.finish(owned, Status.COMPLETED, receipt=receipt)


def kill(home: str) -> None:
    """A schedule in the folder `home/N` for each N, of which an output must go and a time is due: whoever sees to it
    ends before the N-th statement, or the N-th file that goes; the last one does not."""
    kill_everywhere(Path(home), _prepare, _tick)


def _prepare(folder: Path) -> None:
    with at(folder, START) as (state, clock):
        state.ledger.schedules.add(replace(HOURLY, to=str(folder / "out")))
        for _ in range(2):
            clock.pass_by(hours=1)
            (job,) = tick(state)
            carry_out(state, job)


def _tick(folder: Path, fatal: int) -> None:
    steps = count(1)

    def strike(*_: object) -> None:
        if next(steps) == fatal:
            os.kill(os.getpid(), signal.SIGKILL)

    def watched(name: str, arguments: tuple[object, ...]) -> None:
        if name in ("os.remove", "os.rmdir") and str(arguments[0]).startswith(str(folder / "out")):
            strike()

    with at(folder, START + timedelta(hours=3)) as (state, _):
        event.listen(Engine, "before_cursor_execute", strike)
        event.listen(Engine, "commit", strike)
        sys.addaudithook(watched)
        tick(state)


def walk(folder: str, seed: str) -> None:
    """Through a week at a pace of its own: what is due by its clock is submitted, and done at once."""
    chance = Random(seed)
    with at(Path(folder), START) as (state, clock):
        while clock.moment < END:
            clock.moment += timedelta(minutes=chance.randint(30, 400))
            finish(state, tick(state, WEEK))


def finish(state: State, jobs: tuple[JobRecord, ...]) -> None:
    for job in jobs:
        try:
            state.ledger.jobs.finish(state.ledger.jobs.take_over(job, "worker"), Status.FAILED)
        except EntrepotError:  # another process was quicker
            continue


if __name__ == "__main__":
    {"kill": kill, "walk": walk}[sys.argv[1]](*sys.argv[2:])
