"""Rows that are found by keys with numbers: the database says which is equal, the numbers say which was meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from contract.databases.case import EngineCase, Place
from contract.databases.changing import ChangingEngine, changing, columns_of, given, lines
from contract.databases.reading import create
from entrepot.model.predicates import Compare, Not, Operator, Related, Value
from entrepot.model.types import Kind, LogicalType

NUMBER = LogicalType(kind=Kind.INTEGER)


@pytest.fixture
def users(case: EngineCase, place: Place) -> None:
    mail = case.any_case or prepared_any_case(case, place)
    number = case.types[Kind.INTEGER]
    create(case, place, "teams", {"owner": number}, [("7",), ("8",)])
    fields = {"mail": mail, "age": number, "team": number}
    create(case, place, "users", fields, [("'Ada@x'", "1", "1"), ("'Bob@x'", "2", "2")])


def prepared_any_case(case: EngineCase, place: Place) -> str:
    place.execute("CREATE COLLATION any_case (provider = icu, locale = 'und-u-ks-level2', deterministic = false)")
    assert case.name == "postgres"
    return "text COLLATE any_case"


@pytest.mark.usefixtures("users")
def test_a_row_that_is_found_says_for_which_key(changer: ChangingEngine, tmp_path: Path) -> None:
    with changing(changer, tmp_path) as (catalog, target):
        entity = catalog.entity("users")
        rows = [("17", "ada@X"), ("4", "BOB@x"), ("5", "nobody@x"), ("6", None)]
        assert target.keep_keys("u", entity, ["mail"], lines(target, rows), numbered=True) == 3
        found = given(target.matching("u", entity, ["mail"], columns_of(entity, "mail", "age"), numbered=True))
        assert sorted(found) == [("17", "Ada@x", "1"), ("4", "Bob@x", "2")]
        assert sorted(given(target.matching("u", entity, ["mail"], (), numbered=True))) == [("17",), ("4",)]
        assert sorted(given(target.matching("u", entity, ["mail"], columns_of(entity, "id")))) == [("1",), ("2",)]
        assert given(target.doubled("u")) == []


@pytest.mark.usefixtures("users")
def test_equal_keys_are_told_with_the_first_of_them(changer: ChangingEngine, tmp_path: Path) -> None:
    """And no row is found twice for them."""
    with changing(changer, tmp_path, write=False) as (catalog, target):
        entity = catalog.entity("users")
        rows = [("9", "ADA@X"), ("3", "ada@x"), ("5", "Ada@x"), ("4", "zoe@x"), ("12", "ZOE@x"), ("2", "eve@x")]
        assert target.keep_keys("u", entity, ["mail"], lines(target, rows), numbered=True) == 3
        assert sorted(given(target.doubled("u"))) == [("12", "4"), ("5", "3"), ("9", "3")]
        assert given(target.matching("u", entity, ["mail"], columns_of(entity, "age"), numbered=True)) == [("3", "1")]
        assert target.keep_keys("u", entity, ["mail"], lines(target, [("1", "ada@x")]), numbered=True) == 1
        assert given(target.doubled("u")) == []  # another set by the same name


@pytest.mark.usefixtures("users")
def test_only_rows_that_satisfy_a_condition_are_found(changer: ChangingEngine, tmp_path: Path) -> None:
    """Also one about the rows that they refer to."""
    owned = Related(("team",), "teams", ("id",), Compare("owner", Operator.EQ, Value("7", NUMBER)))
    with changing(changer, tmp_path) as (catalog, target):
        entity = catalog.entity("users")
        rows = [("1", "ada@x"), ("2", "bob@x"), ("3", "zoe@x")]
        target.keep_keys("u", entity, ["mail"], lines(target, rows), numbered=True)
        for where, wanted in ((owned, [("1", "Ada@x")]), (Not(owned), [("2", "Bob@x")])):
            columns = columns_of(entity, "mail")
            assert given(target.matching("u", entity, ["mail"], columns, numbered=True, where=where)) == wanted
            assert len(given(target.matching("u", entity, ["mail"], columns_of(entity), where=where))) == 1


def test_parts_of_a_key_come_back_with_its_number(
    case: EngineCase, place: Place, changer: ChangingEngine, tmp_path: Path
) -> None:
    create(case, place, "seat", {"hall": case.key_text, "no": case.types[Kind.INTEGER]}, [("'a'", "1"), ("'b'", "1")])
    with changing(changer, tmp_path) as (catalog, target):
        seat = catalog.entity("seat")
        rows = [("1", "1", "b"), ("2", "1", 'a,\n"'), ("3", None, "a"), ("4", "1", "b"), ("5", "2", "b")]
        assert target.keep_keys("s", seat, ["no", "hall"], lines(target, rows), numbered=True) == 3
        assert given(target.doubled("s")) == [("4", "1")]
        found = given(target.matching("s", seat, ["no", "hall"], columns_of(seat), numbered=True))
        assert found == [("1", "2", "b", "1")]


@pytest.mark.usefixtures("users")
def test_what_must_be_quoted_is_read_whatever_its_collation(
    changer: ChangingEngine, place: Place, tmp_path: Path
) -> None:
    place.execute("INSERT INTO users (id, mail) VALUES (3, 'Eve,\"x\"')")
    with changing(changer, tmp_path) as (catalog, target):
        entity = catalog.entity("users")
        assert target.keep_keys("u", entity, ["mail"], lines(target, [("5", 'eve,"X"')]), numbered=True) == 1
        assert given(target.matching("u", entity, ["mail"], columns_of(entity, "mail"))) == [('Eve,"x"',)]
