"""Conditions in words, for receipts and title pages. What people can say parses back to the same condition."""

from __future__ import annotations

import re

from entrepot.model.filter_tokens import KEYWORDS
from entrepot.model.predicates import And, Compare, In, InRowSet, IsNull, Not, Operator, Or, Predicate, Related, Value
from entrepot.model.types import NUMBERS, Kind

SIGNS = {
    Operator.EQ: "=",
    Operator.NE: "!=",
    Operator.GT: ">",
    Operator.GTE: ">=",
    Operator.LT: "<",
    Operator.LTE: "<=",
    Operator.LIKE: "like",
}
BARE_NAME = re.compile(r"[^\W\d]\w*")
BARE_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?(e[+-]?[0-9]+)?")


def describe(predicate: Predicate) -> str:
    """The condition in the text form of filters; related rows, which that form cannot say, in plain words.

    >>> describe(Not(IsNull("deleted_at")))
    'deleted_at is not null'
    """
    match predicate:
        case And(items):
            return " and ".join(_part(item) for item in items)
        case Or(items):
            return " or ".join(_part(item) for item in items)
        case Not(item):
            return _negated(item)
        case Related(_, entity, _, where):
            return f"related to {entity}" + (f" where {_part(where)}" if where is not None else "")
        case InRowSet():
            return "related to the chosen rows"
        case _:
            return _simple(predicate, "")


def _part(predicate: Predicate) -> str:
    text = describe(predicate)
    return f"({text})" if isinstance(predicate, (And, Or)) else text


def _negated(item: Predicate) -> str:
    negatable = isinstance(item, (In, IsNull)) or (isinstance(item, Compare) and item.operator is Operator.LIKE)
    if negatable:
        return _simple(item, "not ")
    return f"not {_part(item)}"


def _simple(predicate: Predicate, negation: str) -> str:
    match predicate:
        case IsNull(field):
            return f"{_name(field)} is {negation}null"
        case In(field, values):
            return f"{_name(field)} {negation}in ({', '.join(_value(value) for value in values)})"
        case Compare(field, operator, value):
            return f"{_name(field)} {negation}{SIGNS[operator]} {_value(value)}"
        case _:
            return describe(predicate)


def _name(field: str) -> str:
    if BARE_NAME.fullmatch(field) and field.lower() not in KEYWORDS:
        return field
    return '"' + field.replace('"', '""') + '"'


def _value(value: Value) -> str:
    if value.type.kind is Kind.BOOLEAN:
        return value.text
    if value.type.kind in NUMBERS and BARE_NUMBER.fullmatch(value.text):
        return value.text
    return "'" + value.text.replace("'", "''") + "'"
