"""Every predicate of model/predicates.py chooses the same rows in every engine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from contract.databases.case import EngineCase, Place
from contract.databases.reading import create, ids, opened, query_of, rendered, texts
from entrepot.model.catalog import Catalog
from entrepot.model.ports import Engine, Session
from entrepot.model.predicates import (
    And,
    Compare,
    In,
    InRowSet,
    IsNull,
    Not,
    Operator,
    Or,
    Predicate,
    Related,
    Value,
    both,
)
from entrepot.model.selection import Column, Order, Query
from entrepot.model.templates import Escape, Form, RowTemplate, Slot
from entrepot.model.types import Kind, LogicalType

NASTY = "x' OR '1'='1"
ROWS = (
    ("'apple'", "12.50", "true", "'2024-01-02 10:00:00'", "NULL"),
    ("'Apple'", "-3.00", "false", "'2024-01-02 10:00:00.5'", "1"),
    ("''", "0.00", "NULL", "NULL", "1"),
    ("NULL", "NULL", "true", "'2023-12-31 23:59:59'", "2"),
    ("'50%_*?[a]'", "99999999.99", "false", "'2024-06-01 00:00:00'", "2"),
    ("'x'' OR ''1''=''1'", "7.25", "true", "'2024-06-02 00:00:00'", "NULL"),
)


def value(kind: Kind, text: str) -> Value:
    return Value(text, LogicalType(kind=kind))


def text(content: str) -> Value:
    return value(Kind.TEXT, content)


def compare(field: str, operator: Operator, kind: Kind, content: str) -> Compare:
    return Compare(field, operator, value(kind, content))


APPLE = compare("name", Operator.EQ, Kind.TEXT, "apple")

CHOICES: dict[str, tuple[Predicate, list[int]]] = {
    "a text is compared exactly": (APPLE, [1]),
    "the empty text is no NULL": (compare("name", Operator.EQ, Kind.TEXT, ""), [3]),
    "NE leaves NULL out": (compare("name", Operator.NE, Kind.TEXT, "apple"), [2, 3, 5, 6]),
    "a choice of thousands": (Or((APPLE,) * 3000), [1]),
    "thousands of conditions": (And((APPLE,) * 3000), [1]),
    "a quote is no SQL": (compare("name", Operator.EQ, Kind.TEXT, NASTY), [6]),
    "a backslash is no SQL": (compare("name", Operator.EQ, Kind.TEXT, "\\' OR 1=1 -- "), []),
    "a lone backslash is no SQL": (compare("name", Operator.EQ, Kind.TEXT, "\\"), []),
    "decimals compare as numbers": (compare("amount", Operator.GT, Kind.DECIMAL, "7.25"), [1, 5]),
    "negative numbers": (compare("amount", Operator.LT, Kind.DECIMAL, "-2.99"), [2]),
    "at least": (compare("amount", Operator.GTE, Kind.DECIMAL, "12.5"), [1, 5]),
    "at most": (compare("id", Operator.LTE, Kind.INTEGER, "2"), [1, 2]),
    "truth": (compare("paid", Operator.EQ, Kind.BOOLEAN, "true"), [1, 4, 6]),
    "untruth": (compare("paid", Operator.NE, Kind.BOOLEAN, "true"), [2, 5]),
    "moments": (compare("at", Operator.GTE, Kind.TIMESTAMP, "2024-01-02 10:00:00.5"), [2, 5, 6]),
    "a moment exactly": (compare("at", Operator.EQ, Kind.TIMESTAMP, "2024-01-02 10:00:00"), [1]),
    "like is case-sensitive": (compare("name", Operator.LIKE, Kind.TEXT, "A%"), [2]),
    "like one character": (compare("name", Operator.LIKE, Kind.TEXT, "appl_"), [1]),
    "like knows no other wildcards": (compare("name", Operator.LIKE, Kind.TEXT, "50%*?[a]"), [5]),
    "like of a backslash": (compare("name", Operator.LIKE, Kind.TEXT, "\\%"), []),
    "like of a number": (compare("amount", Operator.LIKE, Kind.TEXT, "%.25"), [6]),
    "in": (In("name", (text("apple"), text(""), text("nothing"))), [1, 3]),
    "in numbers": (In("id", (value(Kind.INTEGER, "2"), value(Kind.INTEGER, "5"))), [2, 5]),
    "in nothing": (In("name", ()), []),
    "is null": (IsNull("name"), [4]),
    "and": (And((APPLE, compare("id", Operator.EQ, Kind.INTEGER, "1"))), [1]),
    "and of nothing is true": (And(()), [1, 2, 3, 4, 5, 6]),
    "or": (Or((APPLE, IsNull("name"))), [1, 4]),
    "or of nothing is false": (Or(()), []),
    "or within and": (And((Or((APPLE, IsNull("paid"))), IsNull("boss"))), [1]),
    "not takes in what is unknown": (Not(APPLE), [2, 3, 4, 5, 6]),
    "not not": (Not(Not(APPLE)), [1]),
    "not and": (Not(And((APPLE, IsNull("boss")))), [2, 3, 4, 5, 6]),
    "a parent that satisfies": (Related(("boss",), "items", ("id",), APPLE), [2, 3]),
    "a child that satisfies": (Related(("id",), "items", ("boss",), IsNull("name")), [2]),
    "any child": (Related(("id",), "items", ("boss",)), [1, 2]),
    "no child": (Not(Related(("id",), "items", ("boss",))), [3, 4, 5, 6]),
    "a grandparent": (Related(("boss",), "items", ("id",), Related(("boss",), "items", ("id",), APPLE)), [4, 5]),
}


@pytest.fixture
def reading(case: EngineCase, place: Place, engine: Engine, tmp_path: Path) -> Iterator[tuple[Catalog, Session]]:
    types = case.types
    kinds = {
        "name": Kind.TEXT, "amount": Kind.DECIMAL, "paid": Kind.BOOLEAN, "at": Kind.TIMESTAMP, "boss": Kind.INTEGER,
    }  # fmt: skip
    create(case, place, "items", {name: types[kind] for name, kind in kinds.items()}, ROWS)
    with opened(engine, tmp_path, "items") as read:
        yield read


def items(catalog: Catalog, where: Predicate | None = None, **more: int) -> Query:
    return query_of(catalog.entity("items"), where=where, **more)


@pytest.mark.parametrize("name", CHOICES)
def test_a_predicate_chooses_its_rows(reading: tuple[Catalog, Session], name: str) -> None:
    catalog, session = reading
    predicate, expected = CHOICES[name]
    assert sorted(ids(session, items(catalog, predicate))) == expected
    assert session.count(items(catalog, predicate)) == len(expected)


def test_a_limit_takes_the_first_by_key_and_counts(reading: tuple[Catalog, Session]) -> None:
    catalog, session = reading
    assert ids(session, items(catalog, limit=2)) == [1, 2]
    assert ids(session, items(catalog, limit=0)) == []
    assert session.count(items(catalog, limit=4)) == 4
    assert session.count(items(catalog, limit=100)) == 6


def test_a_row_set_remembers_keys(reading: tuple[Catalog, Session]) -> None:
    catalog, session = reading
    entity = catalog.entity("items")
    session.create_rowset("chosen 'x'", entity)
    chosen = InRowSet("chosen 'x'")
    assert ids(session, items(catalog, chosen)) == []
    assert session.add_to_rowset("chosen 'x'", items(catalog, IsNull("boss"))) == 2
    assert session.add_to_rowset("chosen 'x'", items(catalog, compare("id", Operator.LTE, Kind.INTEGER, "2"))) == 1
    assert sorted(ids(session, items(catalog, chosen))) == [1, 2, 6]
    assert sorted(ids(session, items(catalog, both(Not(chosen), Not(IsNull("name")))))) == [3, 5]


def test_a_row_set_may_grow_by_its_own_relatives(reading: tuple[Catalog, Session]) -> None:
    """How a closure is found: rows whose parent is in the set already."""
    catalog, session = reading
    session.create_rowset("grown", catalog.entity("items"))
    session.add_to_rowset("grown", items(catalog, compare("id", Operator.EQ, Kind.INTEGER, "1")))
    children = Related(("boss",), "items", ("id",), InRowSet("grown"))
    assert session.add_to_rowset("grown", items(catalog, children)) == 2
    assert session.add_to_rowset("grown", items(catalog, children)) == 2
    assert session.add_to_rowset("grown", items(catalog, children)) == 0
    assert sorted(ids(session, items(catalog, InRowSet("grown")))) == [1, 2, 3, 4, 5]


def test_a_limited_query_adds_only_its_rows(reading: tuple[Catalog, Session]) -> None:
    catalog, session = reading
    session.create_rowset("few", catalog.entity("items"))
    assert session.add_to_rowset("few", items(catalog, limit=3)) == 3
    assert sorted(ids(session, items(catalog, InRowSet("few")))) == [1, 2, 3]


def test_row_sets_of_composite_keys(case: EngineCase, place: Place, engine: Engine, tmp_path: Path) -> None:
    number = case.types[Kind.INTEGER]
    place.execute(
        f"CREATE TABLE pairs (a {number} NOT NULL, b {case.key_text} NOT NULL, PRIMARY KEY (a, b))",
        "INSERT INTO pairs VALUES (1, 'x'), (1, 'y'), (2, 'x')",
    )
    with opened(engine, tmp_path) as (catalog, session):
        pairs = catalog.entity("pairs")
        session.create_rowset("pairs", pairs)
        only = And((compare("a", Operator.EQ, Kind.INTEGER, "1"), compare("b", Operator.EQ, Kind.TEXT, "y")))
        assert session.add_to_rowset("pairs", query_of(pairs, where=only)) == 1
        assert texts(session, query_of(pairs, where=InRowSet("pairs"))) == [("1", "y")]


def test_a_value_that_is_not_kept_goes_out_as_null(reading: tuple[Catalog, Session]) -> None:
    """In both ways that rows go out."""
    catalog, session = reading
    entity = catalog.entity("items")
    session.create_rowset("kept", entity)
    session.add_to_rowset("kept", items(catalog, APPLE))
    known = Related(("boss",), "items", ("id",), InRowSet("kept"))
    columns = (
        Column(field=entity.field("id"), name="id"),
        Column(field=entity.field("boss"), name="boss", keep_when=known),
    )
    query = Query(entity=entity, columns=columns, order=Order.KEY)
    expected = [("1", None), ("2", "1"), ("3", "1"), ("4", None), ("5", None), ("6", None)]
    assert texts(session, query) == expected
    slots = [Slot(column=name, form=Form.TEXT, escape=Escape(name="plain", null="-")) for name in ("id", "boss")]
    lines = rendered(session, query, RowTemplate(parts=(slots[0], ":", slots[1], ";"))).decode()
    assert lines == "".join(f"{number}:{boss or '-'};" for number, boss in expected)


TRANSFORMED: dict[tuple[str, ...], list[str | None]] = {
    ("lowercase",): ["äpfel ", "  12", "x", None],
    ("uppercase",): ["ÄPFEL ", "  12", "X", None],
    ("trim",): ["Äpfel", "12", "x", None],
    ("trim", "uppercase"): ["ÄPFEL", "12", "X", None],
}


@pytest.mark.parametrize("transforms", TRANSFORMED, ids=" ".join)
def test_transforms_change_texts(
    case: EngineCase, place: Place, engine: Engine, tmp_path: Path, transforms: tuple[str, ...]
) -> None:
    values = [(case.string("Äpfel "),), (case.string("  12"),), (case.string("x"),), ("NULL",)]
    create(case, place, "notes", {"text": case.types[Kind.TEXT]}, values)
    with opened(engine, tmp_path) as (catalog, session):
        entity = catalog.entity("notes")
        column = Column(field=entity.field("text"), name="text", transforms=transforms)
        query = Query(entity=entity, columns=(column,), order=Order.KEY)
        assert [row[0] for row in texts(session, query)] == TRANSFORMED[transforms]


def test_timestamp_makes_seconds_of_what_is_a_number(
    case: EngineCase, place: Place, engine: Engine, tmp_path: Path
) -> None:
    """ "123" becomes 123.0; what is no number stays as it is."""
    contents = ["123", "-1.5", "1e3", " 7 ", "abc", "", "1_000", "NaN", "0x1F"]
    create(case, place, "notes", {"text": case.types[Kind.TEXT]}, [(case.string(text),) for text in contents])
    with opened(engine, tmp_path) as (catalog, session):
        entity = catalog.entity("notes")
        column = Column(field=entity.field("text"), name="text", transforms=("timestamp",))
        query = Query(entity=entity, columns=(column,), order=Order.KEY)
        found = [row[0] for row in texts(session, query)]
    assert [float(text or "") for text in found[:4]] == [123.0, -1.5, 1000.0, 7.0]
    assert found[4:] == contents[4:]
