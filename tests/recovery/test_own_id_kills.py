"""Kill -9 around the commit of an import with ids of its own: its rows and what is known of them are there together, or
neither is. So is it with an undo."""

from __future__ import annotations

import random

import pytest

from entrepot import ImportRequest, Mode
from recovery.killing import killed, yard
from recovery.yard import BEFORE, CASES, Yard

__all__ = ["yard"]

pytestmark = pytest.mark.slow
REQUEST = ImportRequest(entity="people", source="crm", mode=Mode.UPSERT)
WORDS = ["import", "people.csv", "--into", "people", "--source", "crm", "--yes"]
NEW = [(4, "Anna", None), (5, "Bobby", None), (6, "Dan", None)]


def again(yard: Yard) -> str:
    """Whoever imports it next: what happened. There is never more than one row of each id."""
    counts = yard.entrepot().bring_in(yard.file, REQUEST).counts
    assert yard.rows() == [*BEFORE, *NEW]
    assert sum(counts.values()) == 3
    return next(name for name, count in counts.items() if count == 3)


def taken_back(yard: Yard) -> None:
    """All imports that are there."""
    for job in yard.entrepot().undoable():
        if job.kind == "import" and yard.rows() != BEFORE:
            yard.entrepot().undo(job.id)
    assert yard.rows() == BEFORE


@pytest.mark.parametrize("yard", CASES, indirect=True)
def test_the_next_import_finds_what_a_killed_one_made_and_nothing_else(yard: Yard) -> None:
    steps = killed(yard, 0, *WORDS)
    assert steps is not None
    assert again(yard) == "unchanged"
    taken_back(yard)
    seen = set()
    for fatal in (random.Random(steps).randrange(steps - 12, steps - 2), steps - 2, steps - 1, steps):
        assert killed(yard, fatal, *WORDS) is None
        there = yard.rows() == [*BEFORE, *NEW]
        assert there or yard.rows() == BEFORE, fatal
        assert again(yard) == ("unchanged" if there else "created"), fatal
        seen.add(there)
        taken_back(yard)
    assert seen == {True, False}


@pytest.mark.parametrize("yard", [CASES[0]], indirect=True)
def test_a_killed_undo_takes_the_rows_and_what_is_known_of_them_or_neither(yard: Yard) -> None:
    seen = set()
    job = yard.entrepot().bring_in(yard.file, REQUEST).job
    steps = killed(yard, 0, "undo", job, "--yes")
    assert steps is not None
    for fatal in (steps - 3, steps - 2, steps - 1, steps):
        job = yard.entrepot().bring_in(yard.file, REQUEST).job
        assert killed(yard, fatal, "undo", job, "--yes") is None
        gone = yard.rows() == BEFORE
        assert again(yard) == ("created" if gone else "unchanged"), fatal
        seen.add(gone)
        taken_back(yard)
    assert seen == {True, False}
