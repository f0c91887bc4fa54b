"""A condition in words is a filter that means the same condition."""

from __future__ import annotations

from functools import reduce

from hypothesis import given
from hypothesis import strategies as st

from entrepot.model.catalog import Entity, Field
from entrepot.model.filter_words import describe
from entrepot.model.filters import ORDERED, PATTERNED
from entrepot.model.literals import read_literal
from entrepot.model.predicates import And, Compare, In, InRowSet, IsNull, Not, Operator, Or, Predicate, Related
from entrepot.model.types import Kind, LogicalType
from unit.model.reading_filters import parse_filter

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)
WRITTEN: dict[str, tuple[LogicalType, st.SearchStrategy[str]]] = {
    "amount": (LogicalType(kind=Kind.DECIMAL), st.decimals(-1000, 1000).map(str)),
    "ratio": (LogicalType(kind=Kind.FLOAT, bits=64), st.floats().map(str).map(lambda t: t.replace("inf", "infinity"))),
    "id": (LogicalType(kind=Kind.INTEGER), st.integers(-(2**63), 2**63 - 1).map(str)),
    "Order by": (LogicalType(kind=Kind.TEXT), TEXT),
    "and": (LogicalType(kind=Kind.TEXT), TEXT),
    "q\"`'": (LogicalType(kind=Kind.BOOLEAN), st.sampled_from(["true", "false"])),
    "straße": (LogicalType(kind=Kind.TIMESTAMP_TZ), st.datetimes().map(str)),
    "mood": (LogicalType(kind=Kind.ENUM), TEXT),
    "raw": (LogicalType(kind=Kind.BYTES), st.binary(max_size=4).map(lambda b: rf"\x{b.hex()}")),
    "extra": (LogicalType(kind=Kind.JSON), st.nothing()),
}
ENTITY = Entity(
    name="things", table="things", fields=tuple(Field(name=n, type=t, native="") for n, (t, _) in WRITTEN.items())
)


@st.composite
def simple(draw: st.DrawFn) -> Predicate:
    field = draw(st.sampled_from(sorted(WRITTEN)))
    of_field, texts = WRITTEN[field]
    if of_field.kind is Kind.JSON or draw(st.integers(0, 5)) == 0:
        return IsNull(field)
    values = texts.map(lambda text: read_literal(text, of_field))
    if draw(st.booleans()):
        return In(field, tuple(draw(st.lists(values, min_size=1, max_size=3))))
    if of_field.kind in PATTERNED and draw(st.booleans()):
        return Compare(field, Operator.LIKE, read_literal(draw(TEXT), LogicalType(kind=Kind.TEXT)))
    ordered = [operator for operator in Operator if operator is not Operator.LIKE]
    return Compare(field, draw(st.sampled_from(ordered if of_field.kind in ORDERED else ordered[:2])), draw(values))


def combined(parts: st.SearchStrategy[Predicate]) -> st.SearchStrategy[Predicate]:
    several = st.lists(parts, min_size=2, max_size=3).map(tuple)
    return st.one_of(several.map(And), several.map(Or), parts.map(Not))


@given(st.recursive(simple(), combined, max_leaves=8))
def test_words_parse_back_to_the_same_condition(predicate: Predicate) -> None:
    assert parse_filter(describe(predicate), ENTITY) == predicate


def test_words_are_those_a_person_would_write() -> None:
    text = "amount > 100 and (mood = 'it''s' or \"Order by\" not like 'A%') and extra is not null and id in (1, 2)"
    predicate = parse_filter(text, ENTITY)
    assert predicate is not None
    assert describe(predicate) == text


def test_related_rows_have_words_too() -> None:
    known: Predicate = Compare("id", Operator.EQ, read_literal("1", LogicalType(kind=Kind.INTEGER)))
    assert describe(Related(("a",), "users", ("id",), known)) == "related to users where id = 1"
    assert describe(Not(InRowSet("r"))) == "not related to the chosen rows"


def test_even_the_deepest_filter_can_be_put_into_words() -> None:
    text = describe(reduce(lambda p, _: Not(p), range(40), IsNull("id")))
    assert parse_filter(text, ENTITY) is not None
