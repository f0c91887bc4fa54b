"""Work that is done again and again, each time by a process of its own that may kill itself at a later step.

They are forked, because most of what such a process takes is an interpreter that starts."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from itertools import count
from pathlib import Path

KILLED = -signal.SIGKILL


def kill_everywhere(home: Path, prepare: Callable[[Path], object], work: Callable[[Path, int], object]) -> None:
    """In the folder `home/N` for each N: who does `work` there is told to end at its N-th step; the last one does not
    come to it."""
    for fatal in count(1):
        folder = home / str(fatal)
        folder.mkdir()
        prepare(folder)
        if survives(folder, fatal, work):
            return


def survives(folder: Path, fatal: int, work: Callable[[Path, int], object]) -> bool:
    worker = os.fork()
    if worker == 0:
        work(folder, fatal)
        os._exit(0)
    _, status = os.waitpid(worker, 0)
    code = os.waitstatus_to_exitcode(status)
    if code not in {0, KILLED}:
        sys.exit(code)
    return code == 0


def folders_of(home: Path, command: list[str]) -> list[Path]:
    """Those that `kill_everywhere` made in a process of its own, in their order; in the last one nobody was killed."""
    done = subprocess.run(command, cwd=home, capture_output=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr.decode()
    return sorted((path for path in home.iterdir() if path.name.isdigit()), key=lambda path: int(path.name))
