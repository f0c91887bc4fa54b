"""Processes that write to one ledger; some kill themselves, as `kill -9` would.

`python ledgers.py kill HOME`, `python ledgers.py write FOLDER TIMES` or `python ledgers.py tell FOLDER`.
"""

from __future__ import annotations

import os
import signal
import sys
from itertools import count
from pathlib import Path

from sqlalchemy import Engine, event

TESTS = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS))

from entrepot.bystanders import SystemClock  # noqa: E402 - this file also runs by itself
from entrepot.ledger.opening import open_ledger  # noqa: E402
from entrepot.model.records import Status  # noqa: E402
from recovery.dying import kill_everywhere  # noqa: E402


def child(*words: object) -> list[str]:
    return [sys.executable, __file__, *map(str, words)]


def kill(home: str) -> None:
    """A ledger in the folder `home/N` for each N: its maker ends before its N-th statement; the last one does not."""
    kill_everywhere(Path(home), lambda _: None, _make)


def _make(folder: Path, fatal: int) -> None:
    """Commits are statements, too."""
    statements = count(1)

    def strike(*_: object) -> None:
        if next(statements) == fatal:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Engine, "before_cursor_execute", strike)
    event.listen(Engine, "commit", strike)
    with open_ledger(folder, SystemClock()) as ledger:
        ledger.jobs.latest()


def write(folder: str, times: str) -> None:
    """Jobs from begin to end, each opening the ledger anew, as a command does."""
    for number in range(int(times)):
        with open_ledger(Path(folder), SystemClock()) as ledger:
            job = ledger.jobs.begin("import", owner=str(os.getpid()), database="d", phase=str(number))
            ledger.jobs.finish(ledger.jobs.advance(job, Status.PROCESSING, "at work"), Status.COMPLETED)


def tell(folder: str) -> None:
    """Jobs without end; each is told when it is said to be on the disk."""
    with open_ledger(Path(folder), SystemClock()) as ledger:
        while True:
            os.write(1, f"{ledger.jobs.begin('import', owner='x', database='d', phase='p' * 500).id}\n".encode())


if __name__ == "__main__":
    {"kill": kill, "write": write, "tell": tell}[sys.argv[1]](*sys.argv[2:])
