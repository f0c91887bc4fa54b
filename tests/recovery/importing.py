"""An import in a process that stops at a chosen step: `python importing.py N SIGNAL WORDS…` runs `entrepot WORDS…` and
sends itself SIGNAL just before its N-th step; it says how many steps there were if it comes to its end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from unittest import mock

from entrepot.cli.parser import main
from entrepot.databases.mysql.change import MySqlTarget
from entrepot.databases.postgres.change import PostgresTarget
from entrepot.databases.sqlite.change import SqliteTarget
from entrepot.ledger.jobs import Jobs
from entrepot.ledger.journals import Journals
from entrepot.state import State
from entrepot.storage.incoming_files import Incoming
from entrepot.workbench.client import ChildWorkbench

KILLED = -signal.SIGKILL
TARGETS = (PostgresTarget, MySqlTarget, SqliteTarget)
WRITING = ("mark", "keep_keys", "insert", "load", "update", "delete")
STEPS: tuple[tuple[type, tuple[str, ...]], ...] = (
    (Jobs, ("begin", "advance", "promise", "finish")),
    (Journals, ("add",)),
    (State, ("store",)),
    (ChildWorkbench, ("ask",)),
    (Incoming, ("take", "name")),
    *((target, (*WRITING, "settle_counters", "commit")) for target in TARGETS),
)


def started(home: Path, fatal: int, number: signal.Signals, words: list[str]) -> subprocess.Popen[bytes]:
    """Temporary files lie in `home / "tmp"`."""
    command = [sys.executable, __file__, str(fatal), str(int(number)), *words]
    environment = {**os.environ, "TMPDIR": str(home / "tmp")}
    return subprocess.Popen(
        command, cwd=home, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    )


@contextmanager
def stopping(fatal: int, number: int) -> Iterator[Callable[[], int]]:
    """Before each step, and once more after a commit, which is a step as well."""
    steps = count(1)
    last = 0

    def step() -> None:
        nonlocal last
        last = next(steps)
        if last == fatal:
            os.kill(os.getpid(), number)

    patches = [
        mock.patch.object(owner, name, counted(getattr(owner, name), step)) for owner, names in STEPS for name in names
    ]
    for patch in patches:
        patch.start()
    yield lambda: last


def counted(original: Callable[..., object], step: Callable[[], None]) -> Callable[..., object]:
    def wrapped(*given: object, **named: object) -> object:
        step()
        result = original(*given, **named)
        if original.__name__ == "commit":
            step()
        return result

    return wrapped


def run() -> int:
    with stopping(int(sys.argv[1]), int(sys.argv[2])) as steps:
        code = main(sys.argv[3:])
        os.write(2, f"\n{steps()} steps".encode())
        return code


if __name__ == "__main__":
    sys.exit(run())
