"""Kill -9 just before a step of an import, at all of them in the end: all of it happened or nothing, the next command
knows which, nothing is left lying about, and undo gives the first state back."""

from __future__ import annotations

import os
import random
import signal
from collections.abc import Collection

import pytest

from contract.databases.changing import taking_files
from entrepot.model.errors import EntrepotError
from recovery.importing import started
from recovery.killing import killed, yard
from recovery.yard import AFTER, BEFORE, UPSERT, Yard

__all__ = ["yard"]

pytestmark = pytest.mark.slow
WORDS = ["import", "people.csv", "--into", "people", "--mode", "upsert", "--yes"]
KILLS = 2
"""In each of as many stretches, somewhere: others every time; and around the commit always."""


def reset(yard: Yard) -> None:
    rows = ", ".join(f"({number}, '{name}', {age})" for number, name, age in BEFORE)
    yard.place.execute("DELETE FROM people", f"INSERT INTO people VALUES {rows}")


@pytest.mark.parametrize("words", [(), ("--errors", "skip")], ids=["all or nothing", "skip"])
def test_a_kill_before_any_step_leaves_all_or_nothing_and_the_next_command_knows_which(
    yard: Yard, words: tuple[str, ...]
) -> None:
    steps = killed(yard, 0, *WORDS, *words)
    assert steps is not None
    assert yard.rows() == AFTER
    chance, seen = random.Random(steps), set()
    stretch = max(1, steps // KILLS)
    for fatal in sorted({*(chance.randrange(n, n + stretch) + 1 for n in range(0, steps, stretch)), steps - 1, steps}):
        reset(yard)
        if killed(yard, fatal, *WORDS, *words) is None:
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


def test_a_kill_while_a_file_goes_in_as_it_stands_leaves_all_of_it_or_nothing(yard: Yard) -> None:
    yard.file.write_text("id,name,age\n1,Anna,30\n2,Bob,\n", encoding="utf-8")
    create, seen = (*WORDS, "--mode", "create"), set()
    yard.place.execute("DELETE FROM people")
    with taking_files(yard.case, yard.place):
        steps = killed(yard, 0, *create)
        assert steps is not None
        assert (yard.jobs()[0].receipt or {})["lane"] == "raw"
        for fatal in sorted({random.Random(steps).randrange(1, steps - 1), steps - 1, steps}):
            yard.place.execute("DELETE FROM people")
            before = {job.id for job in yard.jobs()}
            assert killed(yard, fatal, *create) is None
            seen.add(loaded(yard, fatal, before))
    assert seen == {True, False}


def loaded(yard: Yard, fatal: int, before: Collection[str]) -> bool:
    """Whoever dies early enough has no job yet."""
    rows, latest = yard.rows(), yard.jobs()[0]
    assert rows in ([], [(1, "Anna", 30), (2, "Bob", None)]), fatal
    assert (str(latest.status) == "completed" and latest.id not in before) == bool(rows), fatal
    if rows:
        yard.entrepot().undo(latest.id)
        assert yard.rows() == [], fatal
    return bool(rows)


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
