"""Kill -9 while rows are taken out of one database, decided about, and written into another: all come in or none."""

from __future__ import annotations

import pytest

from contract.databases.sqlite_case import SqlitePlace
from entrepot.bystanders import SystemClock
from entrepot.state import open_state
from recovery.killing import around_the_commit, killed, yard
from recovery.yard import AFTER, BEFORE, CASES, TABLE, Yard

__all__ = ["yard"]

pytestmark = pytest.mark.slow
PETS = "CREATE TABLE pets (id integer PRIMARY KEY, owner integer NOT NULL REFERENCES people (id))"
OWNED = [(1, 4), (2, 1)]


def rows(yard: Yard) -> tuple[object, object]:
    return yard.rows(), [tuple(row) for row in yard.place.rows("SELECT id, owner FROM pets ORDER BY id")]


@pytest.mark.parametrize("yard", [CASES[1]], indirect=True)
def test_a_kill_leaves_all_rows_or_none_and_the_copy_can_be_made_again(yard: Yard) -> None:
    source = SqlitePlace(yard.folder / "source.db")
    people = "INSERT INTO people VALUES (1, 'Anna', 30), (2, 'Bobby', 40), (4, 'Dan', NULL)"
    source.execute(TABLE, PETS, people, "INSERT INTO pets VALUES (1, 4), (2, 1)")
    yard.place.execute(PETS)
    words = ["copy", source.url, yard.place.url, "--yes"]
    steps = killed(yard, 0, *words)
    assert steps is not None
    seen = set()
    yard.entrepot().undo(yard.jobs()[0].id)
    for fatal in around_the_commit(steps):
        assert rows(yard) == (BEFORE, [])
        assert killed(yard, fatal, *words) is None
        done = rows(yard) == (AFTER, OWNED)
        assert done or rows(yard) == (BEFORE, []), fatal
        seen.add(done)
        with open_state(yard.state, SystemClock()) as state:
            state.check()
        if not done:
            assert killed(yard, 0, *words) is not None
        assert rows(yard) == (AFTER, OWNED)
        yard.entrepot().undo(yard.jobs()[0].id)
    assert seen == {True, False}
    assert [path.name for path in (yard.folder / "tmp").iterdir()] == []
