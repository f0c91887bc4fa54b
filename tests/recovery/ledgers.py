"""Processes that write to one ledger: some kill themselves at a chosen statement, as `kill -9` would.

`python ledgers.py migrate FOLDER N` or `python ledgers.py write FOLDER COUNT`.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from sqlalchemy import Engine, event

TESTS = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS))

from entrepot.bystanders import SystemClock  # noqa: E402 - this file also runs by itself
from entrepot.ledger.opening import open_ledger  # noqa: E402
from entrepot.model.records import Status  # noqa: E402

KILLED = -signal.SIGKILL


def child(*words: object) -> list[str]:
    return [sys.executable, __file__, *map(str, words)]


def killed(folder: Path, fatal: int) -> bool:
    """Whether the child was killed; if not, it came to its end."""
    done = subprocess.run(child("migrate", folder, fatal), capture_output=True, check=False)
    assert done.returncode in {0, KILLED}, done.stderr.decode()
    return done.returncode == KILLED


def migrate(folder: str, fatal: str) -> None:
    """The process ends before its n-th statement, commits included."""
    statements = 0

    def count(*_: object) -> None:
        nonlocal statements
        statements += 1
        if statements == int(fatal):
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Engine, "before_cursor_execute", count)
    event.listen(Engine, "commit", count)
    with open_ledger(Path(folder), SystemClock()) as ledger:
        ledger.jobs.latest()


def write(folder: str, count: str) -> None:
    """Jobs from begin to end, each opening the ledger anew, as a command does."""
    for number in range(int(count)):
        with open_ledger(Path(folder), SystemClock()) as ledger:
            job = ledger.jobs.begin("import", owner=str(os.getpid()), database="d", phase=str(number))
            ledger.jobs.finish(ledger.jobs.advance(job, Status.PROCESSING, "at work"), Status.COMPLETED)


if __name__ == "__main__":
    {"migrate": migrate, "write": write}[sys.argv[1]](*sys.argv[2:])
