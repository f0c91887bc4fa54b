"""Kill -9 while a mirror deletes rows of two tables: all are gone with the journal of them, or none is."""

from __future__ import annotations

import random

import pytest

from recovery.killing import around_the_commit, killed, yard
from recovery.yard import BEFORE, CASES, Yard

__all__ = ["yard"]

pytestmark = pytest.mark.slow
PETS = "CREATE TABLE pets (id integer PRIMARY KEY, owner integer REFERENCES people (id) ON DELETE CASCADE)"
WORDS = ["import", "people.csv", "--into", "people", "--mode", "mirror", "--yes", "--confirm-deletes", "3"]
OWNED = [(1, 3), (2, 1), (3, 3)]
MIRRORED = [(1, "Anna", 30), (2, "Bobby", 40), (4, "Dan", None)]


def rows(yard: Yard) -> tuple[object, object]:
    return yard.rows(), [tuple(row) for row in yard.place.rows("SELECT id, owner FROM pets ORDER BY id")]


@pytest.mark.parametrize("yard", [CASES[0]], indirect=True)
def test_a_kill_before_any_step_deletes_all_rows_or_none_and_what_is_gone_comes_back(yard: Yard) -> None:
    yard.place.execute(PETS, "INSERT INTO pets VALUES (1, 3), (2, 1), (3, 3)")
    steps = killed(yard, 0, *WORDS)
    assert steps is not None
    assert rows(yard) == (MIRRORED, [(2, 1)])
    yard.entrepot().undo(yard.jobs()[0].id)
    assert rows(yard) == (BEFORE, OWNED)
    seen = set()
    for fatal in (random.Random(steps).randrange(steps - 10, steps - 2), *around_the_commit(steps)):
        assert killed(yard, fatal, *WORDS) is None
        done = rows(yard) == (MIRRORED, [(2, 1)])
        assert done or rows(yard) == (BEFORE, OWNED), fatal
        latest = yard.jobs()[0]
        assert str(latest.status) == ("completed" if done else "failed")
        if done:
            yard.entrepot().undo(latest.id)
        assert rows(yard) == (BEFORE, OWNED)
        seen.add(done)
    assert seen == {True, False}


TOGETHER = ["import", "people.csv", "pets.csv", "--mode", "mirror", "--yes", "--confirm-deletes", "2"]
MOVED = [(1, 1), (2, 4)]


@pytest.mark.parametrize("yard", [CASES[0]], indirect=True)
def test_a_kill_while_two_tables_are_mirrored_leaves_both_as_they_were_or_both_as_the_files_are(yard: Yard) -> None:
    yard.place.execute(PETS, "INSERT INTO pets VALUES (1, 3), (2, 1), (3, 3)")
    (yard.folder / "pets.csv").write_text("id,owner\n1,1\n2,4\n", encoding="utf-8")
    steps = killed(yard, 0, *TOGETHER)
    assert steps is not None
    assert rows(yard) == (MIRRORED, MOVED)
    yard.entrepot().undo(yard.jobs()[0].id)
    assert rows(yard) == (BEFORE, OWNED)
    for fatal in (random.Random(steps).randrange(steps - 12, steps - 2), *around_the_commit(steps)):
        assert killed(yard, fatal, *TOGETHER) is None
        done = rows(yard) == (MIRRORED, MOVED)
        assert done or rows(yard) == (BEFORE, OWNED), fatal
        latest = yard.jobs()[0]
        assert str(latest.status) == ("completed" if done else "failed")
        if done:
            yard.entrepot().undo(latest.id)
        assert rows(yard) == (BEFORE, OWNED)
