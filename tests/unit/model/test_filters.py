"""Both forms of a filter end in the same typed condition; what is wrong is said with its place."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pytest

from entrepot.model.catalog import Entity, Field
from entrepot.model.errors import InputError
from entrepot.model.predicates import And, Compare, In, IsNull, Not, Operator, Or, Predicate, Value
from entrepot.model.types import Kind, LogicalType
from unit.model.reading_filters import parse_filter

TYPES = {
    "amount": LogicalType(kind=Kind.DECIMAL, precision=14, scale=2),
    "region": LogicalType(kind=Kind.TEXT),
    "name": LogicalType(kind=Kind.TEXT),
    "id": LogicalType(kind=Kind.INTEGER),
    "active": LogicalType(kind=Kind.BOOLEAN),
    "deleted_at": LogicalType(kind=Kind.TIMESTAMP),
    "day": LogicalType(kind=Kind.DATE),
    "key": LogicalType(kind=Kind.UUID),
    "extra": LogicalType(kind=Kind.JSON),
    "mood": LogicalType(kind=Kind.ENUM, values=("happy", "sad")),
    "order": LogicalType(kind=Kind.INTEGER),
    "and": LogicalType(kind=Kind.INTEGER),
    'q"t': LogicalType(kind=Kind.INTEGER),
}
ENTITY = Entity(
    name="sales",
    table="sales",
    fields=tuple(
        Field(name=name, type=of_field, native="", public="betrag" if name == "amount" else None)
        for name, of_field in TYPES.items()
    ),
)


def value(field: str, text: str) -> Value:
    return Value(text, TYPES[field])


def compare(field: str, operator: str, text: str) -> Predicate:
    return Compare(field, Operator(operator), value(field, text))


def like(field: str, text: str) -> Predicate:
    return Compare(field, Operator.LIKE, Value(text, LogicalType(kind=Kind.TEXT)))


SAME: list[tuple[str, dict[str, object], Predicate]] = [
    ("amount > 100", {"amount": {"gt": 100}}, compare("amount", "gt", "100")),
    ("betrag >= 1.50", {"BETRAG": {"gte": Decimal("1.50")}}, compare("amount", "gte", "1.50")),
    ("id = -1", {"id": -1}, compare("id", "eq", "-1")),
    ("id <> 1", {"id": {"ne": 1}}, compare("id", "ne", "1")),
    ("region = 'it''s'", {"region": "it's"}, compare("region", "eq", "it's")),
    ("REGION = ''", {"region": ""}, compare("region", "eq", "")),
    ("id in (1, 2)", {"id": [1, 2]}, In("id", (value("id", "1"), value("id", "2")))),
    ("id NOT IN (1)", {"not": {"id": {"in": [1]}}}, Not(In("id", (value("id", "1"),)))),
    ("id in (1, null)", {"id": [1, None]}, Or((In("id", (value("id", "1"),)), IsNull("id")))),
    ("deleted_at is null", {"deleted_at": None}, IsNull("deleted_at")),
    ("deleted_at = null", {"deleted_at": {"is-null": True}}, IsNull("deleted_at")),
    ("deleted_at is not null", {"deleted_at": {"is-null": False}}, Not(IsNull("deleted_at"))),
    ("active = true", {"active": True}, compare("active", "eq", "true")),
    ("active = 1", {"active": 1}, compare("active", "eq", "true")),
    ("name not like 'A%'", {"not": {"name": {"like": "A%"}}}, Not(like("name", "A%"))),
    (
        '"order" = 1 and `and` = 2',
        {"order": 1, '"and"': 2},
        And((compare("order", "eq", "1"), compare("and", "eq", "2"))),
    ),
    ('"q""t" = 1', {'q"t': 1}, compare('q"t', "eq", "1")),
    (
        "amount between 1 and 9",
        {"amount": {"gte": 1, "lte": 9}},
        And((compare("amount", "gte", "1"), compare("amount", "lte", "9"))),
    ),
    (
        "id = 1 or id = 2 and active = false",
        {"or": [{"id": 1}, {"id": 2, "active": False}]},
        Or((compare("id", "eq", "1"), And((compare("id", "eq", "2"), compare("active", "eq", "false"))))),
    ),
    (
        "not (id = 1 or id = 2)",
        {"not": {"or": [{"id": 1}, {"id": 2}]}},
        Not(Or((compare("id", "eq", "1"), compare("id", "eq", "2")))),
    ),
    ("day = '2024-01-31'", {"day": date(2024, 1, 31)}, compare("day", "eq", "2024-01-31")),
    (
        "deleted_at < '2024-01-31T10:00:00Z'",
        {"deleted_at": {"lt": datetime(2024, 1, 31, 10, tzinfo=UTC)}},
        compare("deleted_at", "lt", "2024-01-31 10:00:00"),
    ),
    (
        "key = '0F8FAD5B-D9CB-469F-A165-70867728950E'",
        {"key": UUID("0f8fad5bd9cb469fa16570867728950e")},
        compare("key", "eq", "0f8fad5b-d9cb-469f-a165-70867728950e"),
    ),
    ("mood in ('happy')", {"mood": ["happy"]}, In("mood", (value("mood", "happy"),))),
]


@pytest.mark.parametrize(("text", "data", "expected"), SAME, ids=[text for text, _, _ in SAME])
def test_both_forms_mean_the_same(text: str, data: dict[str, object], expected: Predicate) -> None:
    assert parse_filter(text, ENTITY) == expected
    assert parse_filter(data, ENTITY) == expected


def test_a_filter_that_says_nothing_is_none() -> None:
    assert parse_filter(None, ENTITY) is None
    assert parse_filter({}, ENTITY) is None


def failure(where: object) -> InputError:
    with pytest.raises(InputError) as caught:
        parse_filter(where, ENTITY)
    assert caught.value.remedy
    return caught.value


UNPARSABLE = [
    ("amount > and region = 'eu'", 9),
    ("amount 100", 7),
    ("amount > 100 region = 'eu'", 13),
    ("(amount > 100", 13),
    ("amount > 100)", 12),
    ("region = 'eu", 9),
    ("region = eu", 9),
    ("amount > 100; drop table sales", 12),
    ("id in ()", 7),
    ("id in 1", 6),
    ("deleted_at is 5", 14),
    ("day = 2024-01-31", 10),
    ("and = 1", 0),
    ("amount between 1 or 2", 17),
    ("not", 3),
    ('"" = 1', 0),
]


@pytest.mark.parametrize(("text", "at"), UNPARSABLE)
def test_a_caret_stands_under_the_place(text: str, at: int) -> None:
    error = failure(text)
    assert error.code == "filter_syntax"
    _, shown, caret = error.message.split("\n")
    assert shown == f"  {text}"
    assert caret == f"  {' ' * at}^"


def test_the_caret_finds_its_place_in_a_long_filter_with_wide_characters() -> None:
    text = " or ".join(["region = '東京'"] * 50) + " or or"
    _, shown, caret = failure(text).message.split("\n")
    assert len(shown) < 80
    wide = sum(character in "東京" for character in shown)
    assert shown[len(caret) - 1 - wide :] == "or"


@pytest.mark.parametrize("text", ["", "   "])
def test_an_empty_text_is_a_mistake(text: str) -> None:
    assert failure(text).code == "filter_syntax"


@pytest.mark.parametrize(
    "data",
    [
        {"amount": {"gtt": 100}},
        {"amount": {}},
        {"amount": {"gt": {"a": 1}}},
        {"id": []},
        {"id": {"in": "abc"}},
        {"id": {"is-null": "yes"}},
        {"and": []},
        {"or": {"id": 1}},
        {"not": []},
        {1: 2},
        {"id": frozenset()},
        [{"id": 1}],
        5,
    ],
    ids=str,
)
def test_data_that_is_no_filter_is_refused(data: object) -> None:
    assert failure(data).code == "filter_syntax"


def test_a_mistyped_operator_is_answered_with_the_nearest() -> None:
    assert "Did you mean 'gte'?" in failure({"amount": {"gtee": 100}}).remedy


@pytest.mark.parametrize("where", ["amuont > 1", {"amuont": 1}])
def test_an_unknown_field_is_answered_with_the_nearest(where: object) -> None:
    error = failure(where)
    assert error.code == "unknown_field"


MISTYPED = [
    ("amount > 'abc'", "'betrag' is decimal(14,2); 'abc' does not fit"),
    ("region = 5", "'region' is text; the number 5 does not fit"),
    ("id = 1.5", "'id' is integer; '1.5' does not fit"),
    ("id = true", "'id' is integer; true does not fit"),
    ("active > true", "'active' is boolean"),
    ("extra = '{}'", "'extra' is json; such values cannot be compared"),
    ("amount like '1%'", "only texts can be like"),
    ("region like 5", "5 is no text"),
    ("day = '2024-02-30'", "'day' is date; '2024-02-30' does not fit: there is no such day"),
    ("day > null", "nothing is more"),
    ("mood = 'hapy'", "did you mean 'happy'"),
]


@pytest.mark.parametrize(("text", "words"), MISTYPED)
def test_a_value_of_the_wrong_type_names_the_field_its_type_and_the_value(text: str, words: str) -> None:
    error = failure(text)
    assert error.code == "filter_type"
    assert words in error.message


@pytest.mark.parametrize("where", ["(" * 10_000 + "id = 1", "not " * 10_000 + "id = 1"])
def test_deep_nesting_is_refused_before_the_stack_ends(where: str) -> None:
    assert "nested too deeply" in failure(where).message


def test_deeply_nested_data_is_refused_too() -> None:
    data: dict[str, object] = {"id": 1}
    for _ in range(5000):
        data = {"not": data}
    assert "nested too deeply" in failure(data).message
