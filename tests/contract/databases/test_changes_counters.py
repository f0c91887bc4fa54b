"""Numbers that the database gives out: they come back in order, and are never given twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from contract.databases.case import EngineCase, Place
from contract.databases.changing import ChangingEngine, changing, given, lines, stored
from entrepot.model.types import Kind

MANY = 2500
"""More than a chunk holds."""


@pytest.fixture
def notes(case: EngineCase, place: Place) -> None:
    place.execute(f"CREATE TABLE notes (id {case.counter}, word {case.types[Kind.TEXT]})")


@pytest.mark.usefixtures("notes")
def test_numbers_come_back_in_the_order_of_the_rows(changer: ChangingEngine, place: Place, tmp_path: Path) -> None:
    place.execute("INSERT INTO notes (word) VALUES ('first')")
    words = [f"{n * 7919 % MANY:d}" for n in range(MANY)]
    with changing(changer, tmp_path) as (catalog, target):
        entity = catalog.entity("notes")
        rows = lines(target, [(word,) for word in words])
        made = given(target.insert_returning(entity, ["word"], rows, ["id", "word"]))
        assert [word for _, word in made] == words
        ids = [int(number or 0) for number, _ in made]
        assert ids == sorted(ids)
        assert len(set(ids)) == MANY
        target.commit()
    assert stored(changer, tmp_path, "notes")[1:] == made


@pytest.mark.usefixtures("notes")
@pytest.mark.parametrize("how", ["insert", "insert_returning"])
def test_a_number_that_was_given_is_not_given_again(
    changer: ChangingEngine, place: Place, tmp_path: Path, how: str
) -> None:
    """Also by an application that inserts right after."""
    with changing(changer, tmp_path) as (catalog, target):
        entity = catalog.entity("notes")
        rows = lines(target, [("7", "a"), ("41", "b"), ("9", "c")])
        if how == "insert":
            target.insert(entity, ["id", "word"], rows)
        else:
            assert given(target.insert_returning(entity, ["id", "word"], rows, ["id"])) == [("7",), ("41",), ("9",)]
        target.settle_counters(entity)
        made = given(target.insert_returning(entity, ["word"], lines(target, [("d",)]), ["id"]))
        assert int(made[0][0] or 0) > 41
        target.commit()
    place.execute("INSERT INTO notes (word) VALUES ('e')")
    assert len(stored(changer, tmp_path, "notes")) == 5


@pytest.mark.usefixtures("notes")
def test_a_counter_never_goes_back(changer: ChangingEngine, place: Place, tmp_path: Path) -> None:
    place.execute(*(f"INSERT INTO notes (word) VALUES ('{n}')" for n in range(5)), "DELETE FROM notes WHERE id > 2")
    with changing(changer, tmp_path) as (catalog, target):
        target.settle_counters(catalog.entity("notes"))
        target.commit()
    place.execute("INSERT INTO notes (word) VALUES ('new')")
    assert stored(changer, tmp_path, "notes")[-1] == ("6", "new")


@pytest.mark.usefixtures("notes")
def test_a_counter_of_an_empty_table_stays(changer: ChangingEngine, place: Place, tmp_path: Path) -> None:
    with changing(changer, tmp_path) as (catalog, target):
        target.settle_counters(catalog.entity("notes"))
        target.commit()
    place.execute("INSERT INTO notes (word) VALUES ('new')")
    assert stored(changer, tmp_path, "notes") == [("1", "new")]
