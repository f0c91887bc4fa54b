"""Rows of plain files that go in as they stand: in them NULL is bare and empty, whatever it is otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from contract.databases.case import EngineCase, Place
from contract.databases.changing import ChangingEngine, changing, stored, taking_files
from contract.databases.reading import create
from entrepot.model.errors import InputError
from entrepot.model.stretches import OddError
from entrepot.model.types import Kind

FIELDS = ["id", "name", "age", "at", "done", "code"]
KINDS = (Kind.TEXT, Kind.INTEGER, Kind.TIMESTAMP, Kind.BOOLEAN, Kind.TEXT)
PLAIN = r"""1,"Ann ""A"", née Ößk",-7,2024-02-29 12:00:00.5,true,ab
2,,,,,
3,"two
lines, null",9223372036854775807,2001-01-01 00:00:00,false,'\N'
4, null ,0,,,"\"
""".encode()
ROWS = [
    ("1", 'Ann "A", née Ößk', "-7", "2024-02-29 12:00:00.5", "true", "ab"),
    ("2", None, None, None, None, None),
    ("3", "two\nlines, null", "9223372036854775807", "2001-01-01 00:00:00", "false", r"'\N'"),
    ("4", " null ", "0", None, None, "\\"),
]


@pytest.fixture
def engine(case: EngineCase, place: Place, changer: ChangingEngine) -> Iterator[ChangingEngine]:
    """With a table `events`."""
    create(case, place, "events", {name: case.types[kind] for name, kind in zip(FIELDS[1:], KINDS, strict=True)}, [])
    with taking_files(case, place):
        yield changer


def test_what_is_bare_and_empty_is_no_value(engine: ChangingEngine, tmp_path: Path) -> None:
    """Whatever stands in quotes, or is nothing elsewhere, is a value."""
    half = PLAIN.index(b"3,")
    with changing(engine, tmp_path) as (catalog, target):
        assert target.load(catalog.entity("events"), FIELDS, [PLAIN[:half], PLAIN[half:]]) == 4
        target.commit()
    assert stored(engine, tmp_path, "events") == ROWS


def test_values_go_to_the_fields_that_are_named(engine: ChangingEngine, tmp_path: Path) -> None:
    with changing(engine, tmp_path) as (catalog, target):
        assert target.load(catalog.entity("events"), ["code", "id"], [b"x,5\n,6\n"]) == 2
        target.commit()
    assert stored(engine, tmp_path, "events") == [("5", *[None] * 4, "x"), ("6", *[None] * 5)]


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param(b"9,x,,,,\n", id="a key that comes twice"),
        pytest.param(b",x,,,,\n", id="no key"),
        pytest.param(b"8,x,99999999999999999999,,,\n", id="a number that is too large"),
    ],
)
def test_a_row_that_does_not_fit_is_refused(engine: ChangingEngine, tmp_path: Path, wrong: bytes) -> None:
    """A loader may leave it out, or make something else of it, and not fail."""
    with pytest.raises(InputError) as refused, changing(engine, tmp_path) as (catalog, target):
        target.load(catalog.entity("events"), FIELDS, [b"9,,,,,\n", wrong])
        target.commit()
    assert refused.value.code == "database_refused"
    assert stored(engine, tmp_path, "events") == []


def test_a_reference_to_nothing_is_refused(engine: ChangingEngine, place: Place, tmp_path: Path) -> None:
    referring = "event bigint, FOREIGN KEY (event) REFERENCES events (id)"
    place.execute(f"CREATE TABLE guests (id integer PRIMARY KEY, {referring})")
    with pytest.raises(InputError) as refused, changing(engine, tmp_path) as (catalog, target):
        target.load(catalog.entity("events"), FIELDS, [PLAIN])
        assert target.load(catalog.entity("guests"), ["id", "event"], [b"1,3\n2,\n"]) == 2
        target.load(catalog.entity("guests"), ["id", "event"], [b"3,7\n"])
        target.commit()
    assert refused.value.code == "database_refused"


def test_rows_in_front_of_what_they_refer_to_arrive_or_are_left_to_another_way(
    engine: ChangingEngine, place: Place, tmp_path: Path
) -> None:
    referring = "prior integer, FOREIGN KEY (prior) REFERENCES steps (id)"
    place.execute(f"CREATE TABLE steps (id integer PRIMARY KEY, {referring})")
    rows = iter([b"1,2\n2,\n"])
    with changing(engine, tmp_path) as (catalog, target):
        try:
            assert target.load(catalog.entity("steps"), ["id", "prior"], rows) == 2
        except OddError:
            assert next(rows), "nothing may have been taken"
