"""One transaction that looks, changes, and is committed or never was."""

from __future__ import annotations

from pathlib import Path

import pytest

from contract.databases.case import EngineCase, Place
from contract.databases.changing import (
    ChangingEngine,
    changing,
    columns_of,
    given,
    lines,
    stored,
)
from contract.databases.reading import create
from entrepot.model.changes import Mark
from entrepot.model.errors import ChangedError
from entrepot.model.types import Kind

MARK = Mark(job="job-1", unit=1, epoch=2)


@pytest.fixture
def people(case: EngineCase, place: Place) -> None:
    """Two of them."""
    fields = {"name": case.types[Kind.TEXT], "age": case.types[Kind.INTEGER]}
    create(case, place, "people", fields, [("'Ada'", "36"), ("'Bob'", "NULL")])


@pytest.mark.usefixtures("people")
def test_rows_that_were_committed_are_there(changer: ChangingEngine, tmp_path: Path) -> None:
    rows = [("3", "Cleo", None), ("4", "", "5"), ("5", None, "-7")]
    with changing(changer, tmp_path) as (catalog, target):
        assert target.identity
        assert target.insert(catalog.entity("people"), ["id", "name", "age"], lines(target, rows)) == 3
        target.commit()
    assert stored(changer, tmp_path, "people") == [("1", "Ada", "36"), ("2", "Bob", None), *rows]


@pytest.mark.usefixtures("people")
def test_rows_that_were_not_committed_are_not(changer: ChangingEngine, place: Place, tmp_path: Path) -> None:
    """Nor is a connection, nor a lock."""
    before = stored(changer, tmp_path, "people")
    with changing(changer, tmp_path) as (catalog, target):
        people = catalog.entity("people")
        target.insert(people, ["id"], lines(target, [("3",)]))
        target.update(people, ["id"], ["name"], lines(target, [("1", "Eve")]))
        target.delete(people, ["id"], lines(target, [("2",)]))
    assert stored(changer, tmp_path, "people") == before
    assert place.connections() == 0
    place.execute("UPDATE people SET age = 1", "DROP TABLE people")


@pytest.mark.usefixtures("people")
def test_only_the_fields_that_are_named_are_written(changer: ChangingEngine, tmp_path: Path) -> None:
    with changing(changer, tmp_path) as (catalog, target):
        people = catalog.entity("people")
        assert target.insert(people, ["age", "id"], lines(target, [("20", "3")])) == 1
        assert target.update(people, ["id"], ["age"], lines(target, [("1", None), ("2", "40"), ("9", "50")])) == 2
        target.commit()
    assert stored(changer, tmp_path, "people") == [("1", "Ada", None), ("2", "Bob", "40"), ("3", None, "20")]


@pytest.mark.usefixtures("people")
def test_rows_are_deleted_by_their_key(changer: ChangingEngine, tmp_path: Path) -> None:
    with changing(changer, tmp_path) as (catalog, target):
        people = catalog.entity("people")
        assert target.delete(people, ["id"], lines(target, [("1",), ("7",)])) == 1
        assert target.delete(people, ["name"], lines(target, [("Bob",), (None,)])) == 1
        assert target.is_empty(people)
        target.commit()
    assert stored(changer, tmp_path, "people") == []


@pytest.mark.usefixtures("people")
def test_rows_are_found_by_kept_keys(changer: ChangingEngine, tmp_path: Path) -> None:
    """Each key once, and none that holds a NULL, because such a key equals no other."""
    with changing(changer, tmp_path) as (catalog, target):
        people = catalog.entity("people")
        assert not target.is_empty(people)
        assert target.keep_keys("a", people, ["id"], lines(target, [("2",), ("9",), ("2",), ("1",)])) == 3
        assert target.keep_keys("b c", people, ["name", "age"], lines(target, [("Ada", "36"), ("Bob", None)])) == 1
        found = given(target.matching("a", people, ["id"], columns_of(people, "id", "name")))
        assert sorted(found, key=str) == [("1", "Ada"), ("2", "Bob")]
        assert given(target.matching("b c", people, ["name", "age"], columns_of(people))) == [("1", "Ada", "36")]
        assert target.keep_keys("a", people, ["id"], lines(target, [])) == 0  # another set by the same name
        assert given(target.matching("a", people, ["id"], columns_of(people))) == []


@pytest.mark.usefixtures("people")
def test_who_only_looks_may_do_so_while_others_write(changer: ChangingEngine, place: Place, tmp_path: Path) -> None:
    with changing(changer, tmp_path, write=False) as (catalog, target):
        people = catalog.entity("people")
        assert target.keep_keys("a", people, ["id"], lines(target, [("1",)])) == 1
        place.execute("UPDATE people SET age = 99 WHERE id = 1")
        assert given(target.matching("a", people, ["id"], columns_of(people, "age"))) == [("36",)]
    assert place.connections() == 0


def test_what_was_written_is_read_as_it_was_given(
    case: EngineCase, place: Place, changer: ChangingEngine, tmp_path: Path
) -> None:
    """FAULTS 38, the type zoo, on the way in."""
    zoo = {f"zoo_{number}": specimen for number, specimen in enumerate(case.specimens)}
    for name, specimen in zoo.items():
        create(case, place, name, {"value": specimen.native})
    found: dict[str, list[str | None]] = {}
    with changing(changer, tmp_path) as (catalog, target):
        for name, specimen in zoo.items():
            entity = catalog.entity(name)
            rows = [(str(number), text) for number, (_, text) in enumerate(specimen.values)]
            target.insert(entity, ["id", "value"], lines(target, rows))
            target.keep_keys("all", entity, ["id"], lines(target, [(number,) for number, _ in rows]))
            came = given(target.matching("all", entity, ["id"], columns_of(entity)))
            found[name] = [text for _, text in sorted(came, key=lambda row: int(row[0] or 0))]
        target.commit()
    assert found == {name: [text for _, text in specimen.values] for name, specimen in zoo.items()}


def test_a_mark_is_set_once(changer: ChangingEngine, place: Place, tmp_path: Path) -> None:
    place.execute("CREATE TABLE other (id int NOT NULL PRIMARY KEY)")
    assert not changer.was_applied(MARK)
    assert (changer.first_mark(), changer.marked(["job-1"])) == (None, frozenset())
    with changing(changer, tmp_path) as (_, target):
        target.mark(MARK)
    assert not changer.was_applied(MARK)
    with changing(changer, tmp_path) as (_, target):
        target.mark(MARK)
        target.commit()
    assert changer.was_applied(MARK)
    assert not changer.was_applied(Mark(job="job-1", unit=2))
    assert not changer.was_applied(Mark(job="job-2", unit=1))
    assert (changer.first_mark(), changer.marked(["job-1", "job-2"])) == ("job-1", frozenset({"job-1"}))
    assert changer.marked([]) == frozenset()
    with changing(changer, tmp_path) as (_, target), pytest.raises(ChangedError) as caught:
        target.mark(Mark(job="job-1", unit=1, epoch=3))
    assert caught.value.code == "already_applied"
    assert [entity.name for entity in changer.introspect().entities] == ["other"], "marks are no data"
    assert place.connections() == 0
