"""Kill -9 during an import of two tables in batches: whoever goes on brings in the rest, each record once, and knows
what failed; what was brought in goes by one undo."""

from __future__ import annotations

import random

import pytest

from recovery.grounds import LONG
from recovery.killing import killed, yard
from recovery.yard import AFTER, BEFORE, CASES, Yard

__all__ = ["yard"]

pytestmark = pytest.mark.slow
PETS = "CREATE TABLE pets (id integer PRIMARY KEY, owner integer NOT NULL REFERENCES people (id))"
PEOPLE = "id,name\n1,Anna\n2,Bobby\n4,Dan\n5,\n"
OWNERS = "id,owner\n1,4\n2,1\n3,5\n4,2\n"
WORDS = ["import", "pets.csv", "people.csv", "--mode", "upsert", "--errors", "skip", "--batch-size", "2", "--yes"]
OWNED = [(1, 4), (2, 1), (4, 2)]
"""The third one's owner could not be imported."""


def rows(yard: Yard) -> tuple[object, object]:
    return yard.rows(), [tuple(row) for row in yard.place.rows("SELECT id, owner FROM pets ORDER BY id")]


@pytest.mark.parametrize("yard", [CASES[0]], indirect=True)
def test_a_kill_before_any_step_is_gone_on_from_without_loss_or_double(yard: Yard) -> None:
    yard.place.execute(PETS)
    yard.file.write_text(PEOPLE, encoding="utf-8")
    (yard.folder / "pets.csv").write_text(OWNERS, encoding="utf-8")
    steps = killed(yard, 0, *WORDS)
    assert steps is not None
    assert rows(yard) == (AFTER, OWNED)
    taken_back(yard)
    chance, seen = random.Random(steps), set()
    for fatal in range(1, steps + 1) if LONG else sorted(chance.sample(range(steps // 3, steps + 1), 3)):
        assert killed(yard, fatal, *WORDS) is None
        seen.add(gone_on(yard, chance))
    assert seen
    assert [path.name for path in (yard.folder / "tmp").iterdir()] == []


def gone_on(yard: Yard, chance: random.Random) -> str:
    job = yard.jobs()[0]
    if not job.status.final:
        killed(yard, chance.randrange(1, 60), "resume", job.id)
        if not yard.jobs()[0].status.final:
            assert killed(yard, 0, "resume", job.id) is not None, job
    stands = str(yard.jobs()[0].status)
    if stands == "partial":
        assert rows(yard) == (AFTER, OWNED)
        taken_back(yard)
    assert rows(yard) == (BEFORE, []), stands
    return stands


def taken_back(yard: Yard) -> None:
    yard.entrepot().undo(yard.jobs()[0].id)
    assert rows(yard) == (BEFORE, [])
