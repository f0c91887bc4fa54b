"""Kill -9 just before a step of an import, at all of them in the end: all of it happened or nothing, the next command
knows which, nothing is left lying about, and undo gives the first state back."""

from __future__ import annotations

import os
import random
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from entrepot.model.errors import EntrepotError
from recovery.importing import KILLED, started
from recovery.yard import AFTER, BEFORE, CASES, UPSERT, Yard, a_yard

pytestmark = pytest.mark.slow
WORDS = ["import", "people.csv", "--into", "people", "--mode", "upsert", "--yes"]
KILLS = 2
"""In each of as many stretches, somewhere: others every time; and around the commit always."""


@pytest.fixture(params=CASES)
def yard(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Yard]:
    with a_yard(request.param, request, tmp_path) as made:
        (made.folder / "tmp").mkdir()
        monkeypatch.setattr(tempfile, "tempdir", str(made.folder / "tmp"))
        yield made


def killed(yard: Yard, fatal: int, *words: str) -> int | None:
    """None if it was; else how many steps there are."""
    process = started(yard.folder, fatal, signal.SIGKILL, [*WORDS, *words, "--db", yard.place.url])
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


def reset(yard: Yard) -> None:
    rows = ", ".join(f"({number}, '{name}', {age})" for number, name, age in BEFORE)
    yard.place.execute("DELETE FROM people", f"INSERT INTO people VALUES {rows}")


@pytest.mark.parametrize("words", [(), ("--errors", "skip")], ids=["all or nothing", "skip"])
def test_a_kill_before_any_step_leaves_all_or_nothing_and_the_next_command_knows_which(
    yard: Yard, words: tuple[str, ...]
) -> None:
    steps = killed(yard, 0, *words)
    assert steps is not None
    assert yard.rows() == AFTER
    chance, seen = random.SystemRandom(), set()
    stretch = max(1, steps // KILLS)
    for fatal in sorted({*(chance.randrange(n, n + stretch) + 1 for n in range(0, steps, stretch)), steps - 1, steps}):
        reset(yard)
        if killed(yard, fatal, *words) is None:
            seen.add(check(yard, fatal))
    assert seen == {"before", "after"}
    assert [path.name for path in (yard.folder / "tmp").iterdir()] == []


def check(yard: Yard, fatal: int) -> str:
    rows = yard.rows()
    assert rows in (BEFORE, AFTER), fatal
    latest = yard.jobs()[0]
    assert latest.status.final
    done = rows == AFTER
    if done:
        assert str(latest.status) == "completed", fatal
        yard.entrepot().undo(latest.id)
        assert yard.rows() == BEFORE, fatal
    else:
        with pytest.raises(EntrepotError):
            yard.entrepot().undo(latest.id if str(latest.status) == "failed" else "imp_nothing")
        yard.entrepot().bring_in(yard.file, UPSERT)
        assert yard.rows() == AFTER, fatal
    return "after" if done else "before"


def test_a_paused_import_that_wakes_when_its_plan_was_carried_out_changes_nothing(yard: Yard) -> None:
    plan = yard.entrepot().preview(yard.file, UPSERT)
    words = ["plan", "apply", plan.plan_id, "--db", yard.place.url]
    process = started(yard.folder, 3, signal.SIGSTOP, words)  # its job has begun, its transaction has not
    os.waitpid(process.pid, os.WUNTRACED)
    yard.entrepot().apply(plan.plan_id)
    yard.place.execute("UPDATE people SET name = 'Anna the Second' WHERE id = 1")
    process.send_signal(signal.SIGCONT)
    _, said = process.communicate(timeout=120)
    assert process.returncode == 5, said.decode()
    assert "carried out" in said.decode() or "committed before" in said.decode()
    assert yard.rows()[0][1] == "Anna the Second"
    assert sorted(yard.statuses()) == ["completed", "failed"]
