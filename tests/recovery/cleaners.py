"""Processes that clean up, and kill themselves, as `kill -9` would: `python cleaners.py HOME`."""

from __future__ import annotations

import io
import os
import signal
import sys
from datetime import timedelta
from itertools import count
from pathlib import Path

from sqlalchemy import Engine, event

TESTS = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS))

from entrepot.jobs.housekeeping.cleaning import Cleaning  # noqa: E402 - this file also runs by itself
from entrepot.model.cancel import CancelSwitch  # noqa: E402
from entrepot.model.records import Status  # noqa: E402
from entrepot.state import State  # noqa: E402
from recovery.dying import kill_everywhere  # noqa: E402
from recovery.schedulers import START, at  # noqa: E402

LATER = START + timedelta(days=400)


def child(home: Path) -> list[str]:
    return [sys.executable, __file__, str(home)]


def cleaning(state: State) -> Cleaning:
    return Cleaning(state=state, jobs_kept=timedelta(days=365), cancel=CancelSwitch())


def prepare(folder: Path) -> None:
    """An import that was taken back, an export, and a job that needs its file still."""
    with at(folder, START) as (state, _):
        done = _job(state, "import")
        undo = state.ledger.jobs.begin("undo", owner="x", database="d", undoes=done)
        state.ledger.jobs.finish(undo, Status.COMPLETED)
        _job(state, "export")
        needed = state.ledger.jobs.begin("import", owner="x", database="d")
        _store(state, needed.id)


def _job(state: State, kind: str) -> str:
    job = state.ledger.jobs.begin(kind, owner="x", database="d")
    _store(state, job.id)
    state.ledger.jobs.finish(job, Status.COMPLETED)
    return job.id


def _store(state: State, job: str) -> None:
    owner = state.ledger.jobs.get(job)
    record = state.store(io.BytesIO(b"rows"), "journal", "a/b", name="j", lasting=timedelta(days=90), job=owner)
    state.ledger.journals.add(owner, "users", artifact_id=record.id, facts={})


def clean(folder: Path, fatal: int) -> None:
    """Ends before the N-th statement, or the N-th file that goes."""
    steps = count(1)

    def strike(*_: object) -> None:
        if next(steps) == fatal:
            os.kill(os.getpid(), signal.SIGKILL)

    def watched(name: str, arguments: tuple[object, ...]) -> None:
        if name == "os.remove" and "artifacts" in str(arguments[0]):
            strike()

    with at(folder, LATER) as (state, _):
        event.listen(Engine, "before_cursor_execute", strike)
        event.listen(Engine, "commit", strike)
        sys.addaudithook(watched)
        cleaning(state).clean(LATER)


if __name__ == "__main__":
    kill_everywhere(Path(sys.argv[1]), prepare, clean)
