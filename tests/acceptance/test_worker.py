"""The worker as a process of its own, as the command line starts, asks and loses it."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from acceptance.work import BY_HAND, service, workers
from entrepot import Entrepot
from entrepot.model.records import Status
from entrepot.state_folder import BELL
from recovery import dying_worker

ENTREPOT = [sys.executable, "-m", "entrepot"]


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    with closing(sqlite3.connect(tmp_path / "app.db")) as connection:
        connection.executescript("CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT)")
        connection.executemany("INSERT INTO users VALUES (?, ?)", [(n, f"name {n}") for n in range(1, 101)])
        connection.commit()
    yield tmp_path
    for worker in workers(tmp_path):
        os.kill(worker, signal.SIGKILL)


def environment(home: Path) -> dict[str, str]:
    return {**os.environ, "ENTREPOT_DB": "sqlite:///app.db", "ENTREPOT_STATE": str(home / "state")}


def said(home: Path, *words: str, code: int = 0) -> str:
    done = subprocess.run(
        [*ENTREPOT, *words], cwd=home, env=environment(home), capture_output=True, check=False, timeout=120
    )
    assert done.returncode == code, done.stderr.decode() + done.stdout.decode()
    return (done.stdout or done.stderr).decode()


def test_detached_work_starts_one_worker_which_goes_when_it_is_asked(home: Path) -> None:
    job = said(home, "export", "users", "-o", "out.csv", "--detach").strip()
    lines = [json.loads(line) for line in said(home, "jobs", "watch", job, "--json").splitlines()]
    assert lines[0]["event"]["kind"] == "submitted"
    assert lines[-1]["job"]["status"] == "completed"
    assert (home / "out.csv").read_text().count("\n") == 101
    assert len(workers(home)) == 1
    refused = said(home, "worker", "--once", code=4)
    assert "[worker_running]" in refused
    again = said(home, "export", "users", "-o", "out.csv", "--detach").strip()
    assert "exists" in said(home, "jobs", "watch", again, code=6)
    (worker,) = workers(home)
    os.kill(worker, signal.SIGTERM)
    deadline = time.monotonic() + 60
    while workers(home):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_the_next_worker_does_what_killed_ones_had_begun(home: Path) -> None:
    """Each with the workflows that the one before it left."""
    shop = service(home)
    job = shop.submit_export("users", to=home / "out.csv", manner=BY_HAND)
    worker = [sys.executable, dying_worker.__file__]
    for deaths in range(2):
        died = subprocess.run(worker, cwd=home, env=environment(home), capture_output=True, check=False, timeout=120)
        assert died.returncode == -signal.SIGKILL, died.stderr.decode()
        assert attempts(shop, job.id) == (deaths + 1, deaths)
    said(home, "worker", "--once")
    assert shop.job(job.id).job.status is Status.COMPLETED
    assert attempts(shop, job.id) == (3, 2)
    assert (home / "out.csv").read_text().count("\n") == 101


def attempts(shop: Entrepot, job: str) -> tuple[int, int]:
    order = shop.job(job).order
    assert order is not None
    return order.attempts, order.deaths


def test_a_worker_that_would_look_much_later_is_called_by_whoever_submits(home: Path) -> None:
    seldom = (
        "import entrepot.jobs.worker.loop as loop; loop.SELDOM = 1000; from entrepot.cli import main; main(['worker'])"
    )
    worker = subprocess.Popen([sys.executable, "-c", seldom], cwd=home, env=environment(home))
    try:
        deadline = time.monotonic() + 60
        while not (home / "state" / BELL).exists():
            assert time.monotonic() < deadline
            time.sleep(0.05)
        time.sleep(1)  # its first look found nothing
        for name in ("once.csv", "again.csv"):
            said(home, "export", "users", "-o", name, "--detach")
            while not (home / name).exists():  # to watch it would call the worker, too
                assert time.monotonic() < deadline
                time.sleep(0.05)
    finally:
        worker.terminate()
        worker.wait(60)
