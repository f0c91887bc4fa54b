"""Kill -9 during an import of two tables, between their writes too: both come in or none, and go by one undo."""

from __future__ import annotations

import random

import pytest

from entrepot import BundleRequest
from recovery.killing import killed, yard
from recovery.yard import AFTER, BEFORE, CASES, UPSERT, Yard

__all__ = ["yard"]

pytestmark = pytest.mark.slow
PETS = "CREATE TABLE pets (id integer PRIMARY KEY, owner integer NOT NULL REFERENCES people (id))"
WORDS = ["import", "pets.csv", "people.csv", "--mode", "upsert", "--yes"]
OWNED = [(1, 4), (2, 1)]


def rows(yard: Yard) -> tuple[object, object]:
    return yard.rows(), [tuple(row) for row in yard.place.rows("SELECT id, owner FROM pets ORDER BY id")]


@pytest.mark.parametrize("yard", [CASES[0]], indirect=True)
def test_a_kill_before_any_step_leaves_both_tables_or_none_and_either_can_be_gone_on_with(yard: Yard) -> None:
    yard.place.execute(PETS)
    (yard.folder / "pets.csv").write_text("id,owner\n1,4\n2,1\n", encoding="utf-8")
    steps = killed(yard, 0, *WORDS)
    assert steps is not None
    assert rows(yard) == (AFTER, OWNED)
    yard.entrepot().undo(yard.jobs()[0].id)
    assert rows(yard) == (BEFORE, [])
    seen = set()
    writing = random.Random(steps).randrange(steps - 12, steps - 2)
    for fatal in (random.Random(steps).randrange(1, steps - 12), writing, steps - 1, steps):
        assert killed(yard, fatal, *WORDS) is None
        done = rows(yard) == (AFTER, OWNED)
        assert done or rows(yard) == (BEFORE, []), fatal
        seen.add(done)
        check(yard, done=done)
    assert seen == {True, False}
    assert [path.name for path in (yard.folder / "tmp").iterdir()] == []


def check(yard: Yard, *, done: bool) -> None:
    latest = yard.jobs()[0]
    assert latest.status.final
    if not done:
        files = [yard.folder / "pets.csv", yard.file]
        latest_id = yard.entrepot().bring_in(files, BundleRequest(each=UPSERT)).job
        assert rows(yard) == (AFTER, OWNED)
    else:
        assert str(latest.status) == "completed"
        latest_id = latest.id
    yard.entrepot().undo(latest_id)
    assert rows(yard) == (BEFORE, [])
