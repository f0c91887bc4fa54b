"""Commands that are killed at a chosen step, and what must be left of them: nothing."""

from __future__ import annotations

import random
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from recovery.importing import KILLED, started
from recovery.yard import CASES, Yard, a_yard


@pytest.fixture(params=CASES)
def yard(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Yard]:
    with a_yard(request.param, request, tmp_path) as made:
        (made.folder / "tmp").mkdir()
        monkeypatch.setattr(tempfile, "tempdir", str(made.folder / "tmp"))
        yield made


def killed(yard: Yard, fatal: int, *words: str) -> int | None:
    """None if it was; else how many steps there are."""
    where = [] if words[0] == "copy" else ["--db", yard.place.url]  # a copy says where it goes by itself
    process = started(yard.folder, fatal, signal.SIGKILL, [*words, *where])
    _, said = process.communicate(timeout=120)
    if process.returncode == KILLED:
        until_quiet(yard)
        return None
    assert process.returncode in (0, 9), said.decode()
    return int(said.decode().split()[-2])


def until_quiet(yard: Yard) -> None:
    """The workbench goes with its parent, and the server notices that its client is gone."""
    deadline = time.monotonic() + 20
    while workbenches(yard) or yard.place.connections():
        assert time.monotonic() < deadline, "something is left of a dead process"
        time.sleep(0.05)


def workbenches(yard: Yard) -> list[str]:
    """Processes at work in our folder for temporary files."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            at = str((process / "cwd").readlink())
        except OSError:
            continue
        if at.startswith(str(yard.folder / "tmp")):
            found.append(process.name)
    return found


def around_the_commit(steps: int) -> list[int]:
    """The last steps are the commit, what comes right after it, and the record of the end; and one of those before,
    chosen by their number."""
    return [random.Random(steps).randrange(1, steps - 2), steps - 2, steps - 1]
