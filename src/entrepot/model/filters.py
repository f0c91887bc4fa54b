"""Filters, in either form, into typed conditions on the rows of one entity.

>>> from entrepot.model.catalog import Entity, Field
>>> from entrepot.model.types import Kind, LogicalType
>>> amount = Field(name="amount", type=LogicalType(kind=Kind.INTEGER), native="int")
>>> orders = Entity(name="orders", table="orders", fields=(amount,))
>>> text, data = read_filter("amount > 100"), read_filter({"amount": {"gt": 100}})
>>> text is not None and text == data and typed(text, orders).operator
<Operator.GT: 'gt'>
"""

from __future__ import annotations

from collections.abc import Mapping

from entrepot.model.brief import brief
from entrepot.model.catalog import Entity, Field
from entrepot.model.errors import InputError
from entrepot.model.filter_data import parse_data
from entrepot.model.filter_text import parse_text
from entrepot.model.filter_tree import (
    Comparison,
    Every,
    Length,
    Literal,
    Membership,
    Missing,
    Negation,
    Pair,
    Some,
    Sort,
    Tree,
)
from entrepot.model.literal_error import LiteralError
from entrepot.model.literals import EXAMPLES, read_literal
from entrepot.model.names import Names, field_names
from entrepot.model.predicates import And, Compare, In, IsNull, Not, Operator, Or, Predicate, Value
from entrepot.model.types import MOMENTS, NUMBERS, Kind, LogicalType

ORDERED = NUMBERS | MOMENTS | {Kind.TIME, Kind.INTERVAL, Kind.TEXT, Kind.UUID}
"""Kinds whose values have an order that all engines agree on, near enough."""
PATTERNED = frozenset({Kind.TEXT, Kind.ENUM, Kind.OTHER})
NUMERIC = NUMBERS | {Kind.BOOLEAN}
"""Kinds that a bare number can stand for; booleans know 0 and 1."""
PATTERN = LogicalType(kind=Kind.TEXT)


def read_filter(where: object) -> Tree | None:
    """What was said, before it is held against an entity."""
    match where:
        case None:
            return None
        case str():
            return parse_text(where)
        case Mapping():
            return parse_data(where)
        case _:
            raise InputError(
                "filter_syntax",
                f"A filter is a text or a table, not {where!r}.",
                remedy='Write amount > 100, or {"amount": {"gt": 100}}.',
            )


def typed(tree: Tree, entity: Entity) -> Predicate:
    """The condition, with every name found and every value of the type of its field."""
    return _typed(tree, field_names(entity))


def _typed(tree: Tree, names: Names[Field]) -> Predicate:
    match tree:
        case Every(items):
            return And(tuple(_typed(item, names) for item in items))
        case Some(items):
            return Or(tuple(_typed(item, names) for item in items))
        case Negation(item):
            return Not(_typed(item, names))
        case Missing(field):
            return IsNull(names.find(field).name)
        case Comparison(field, operator, literal):
            return _comparison(names.find(field), operator, literal)
        case Membership(field, literals):
            return _membership(names.find(field), literals)
        case Pair(field) | Length(field):
            raise wrong_type(names.find(field), "a filter compares it with a value", "Write such a value.")


def _comparison(field: Field, operator: Operator, literal: Literal) -> Predicate:
    if literal.sort is Sort.NULL:
        return _null_comparison(field, operator)
    if operator is Operator.LIKE:
        return Compare(field.name, operator, typed_pattern(field, literal))
    if operator not in (Operator.EQ, Operator.NE) and field.type.kind not in ORDERED:
        raise wrong_type(field, "its values have no order", "Use = or !=, in, or is null.")
    return Compare(field.name, operator, typed_value(field, literal))


def _null_comparison(field: Field, operator: Operator) -> Predicate:
    if operator is Operator.EQ:
        return IsNull(field.name)
    if operator is Operator.NE:
        return Not(IsNull(field.name))
    raise wrong_type(field, "nothing is more, less or like NULL", f"Write {field.name} is null or is not null.")


def _membership(field: Field, literals: tuple[Literal, ...]) -> Predicate:
    values = tuple(typed_value(field, literal) for literal in literals if literal.sort is not Sort.NULL)
    if len(values) == len(literals):
        return In(field.name, values)
    missing = IsNull(field.name)
    return Or((In(field.name, values), missing)) if values else missing


def typed_pattern(field: Field, literal: Literal) -> Value:
    if field.type.kind not in PATTERNED:
        raise wrong_type(field, "only texts can be like something", "Compare it with =, < or >.")
    if literal.sort is not Sort.TEXT:
        raise wrong_type(field, f"{literal.text} is no text", f"Put it in quotes: like '{literal.text}'.")
    return read_literal(literal.text, PATTERN)


def typed_value(field: Field, literal: Literal) -> Value:
    kind = field.type.kind
    if kind not in EXAMPLES:
        raise wrong_type(field, "such values cannot be compared", "Use is null or is not null.")
    example = f"Write a value such as {EXAMPLES[kind]}."
    if literal.sort is Sort.BOOLEAN and kind is not Kind.BOOLEAN:
        raise wrong_type(field, f"{brief(literal.text)} does not fit", example)
    if literal.sort is Sort.NUMBER and kind not in NUMERIC:
        raise wrong_type(
            field, f"the number {brief(literal.text)} does not fit", f"{example} Quotes make a text of it."
        )
    try:
        return read_literal(literal.text, field.type)
    except LiteralError as error:
        raise wrong_type(field, f"'{brief(literal.text)}' does not fit: {error}", example) from error


def wrong_type(field: Field, fact: str, remedy: str) -> InputError:
    return InputError("filter_type", f"'{field.title}' is {field.type.describe()}; {fact}.", remedy=remedy)
