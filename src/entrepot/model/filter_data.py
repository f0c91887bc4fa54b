"""The data form of a filter, as JSON and TOML can say it.

    {"region": "us-east-1", "amount": {"gt": 100}, "status": {"in": ["a", "b"]}, "deleted_at": {"is-null": true},
     "or": [{"a": 1}, {"b": 2}], "not": {"c": 3}}

All keys of a table must hold. A bare list means `in`, a bare null means `is-null`. A field that is named like
`and`, `or` or `not` goes in double quotes within the key.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from uuid import UUID

from entrepot.model.errors import InputError
from entrepot.model.filter_tree import (
    DEEPEST,
    Comparison,
    Every,
    Literal,
    Membership,
    Missing,
    Negation,
    Some,
    Sort,
    Tree,
)
from entrepot.model.predicates import Operator
from entrepot.model.suggest import nearest

OPERATORS = (*(operator.value for operator in Operator), "in", "is-null")


def parse_data(data: Mapping[object, object]) -> Tree | None:
    """The filter that `data` says; None if it says nothing; InputError `filter_syntax` if it is wrong."""
    return _table(data, "the filter", 0) if data else None


def _wrong(place: str, fact: str, remedy: str) -> InputError:
    return InputError("filter_syntax", f"The filter does not parse: {place} {fact}.", remedy=remedy)


def _table(data: object, place: str, depth: int) -> Tree:
    if not isinstance(data, Mapping) or not data:
        raise _wrong(place, "is not a table of conditions", 'Write it as {"field": value}.')
    if depth > DEEPEST:
        raise _wrong(place, "is nested too deeply", "Write a flatter filter.")
    return _joined([_entry(key, value, depth) for key, value in data.items()])


def _joined(items: list[Tree]) -> Tree:
    return items[0] if len(items) == 1 else Every(tuple(items))


def _entry(key: object, value: object, depth: int) -> Tree:
    if not isinstance(key, str):
        raise _wrong(repr(key), "is not the name of a field", 'Write names as text: {"field": value}.')
    match key:
        case "and":
            return _joined(_list(value, key, depth))
        case "or":
            items = _list(value, key, depth)
            return items[0] if len(items) == 1 else Some(tuple(items))
        case "not":
            return Negation(_table(value, "'not'", depth + 1))
        case _:
            return _field(_unquoted(key), value)


def _unquoted(key: str) -> str:
    quoted = len(key) > 2 and key.startswith('"') and key.endswith('"')
    return key[1:-1].replace('""', '"') if quoted else key


def _list(value: object, key: str, depth: int) -> list[Tree]:
    if not isinstance(value, (list, tuple)) or not value:
        raise _wrong(f"'{key}'", "is not a list of conditions", f'Write {{"{key}": [{{…}}, {{…}}]}}.')
    return [_table(item, f"'{key}'", depth + 1) for item in value]


def _field(field: str, value: object) -> Tree:
    if isinstance(value, Mapping):
        if not value:
            raise _wrong(f"'{field}'", "has no operator", f"Use one of: {', '.join(OPERATORS)}.")
        return _joined([_operation(field, operator, operand) for operator, operand in value.items()])
    if value is None:
        return Missing(field)
    if isinstance(value, (list, tuple)):
        return _membership(field, value)
    return Comparison(field, Operator.EQ, _literal(field, value))


def _operation(field: str, operator: object, operand: object) -> Tree:
    if operator == "in":
        return _membership(field, operand)
    if operator == "is-null":
        return _nullness(field, operand)
    if operator not in OPERATORS:
        raise _unknown_operator(field, str(operator))
    return Comparison(field, Operator(str(operator)), _literal(field, operand))


def _unknown_operator(field: str, operator: str) -> InputError:
    guess = nearest(operator, OPERATORS)
    remedy = f"Did you mean '{guess}'? " if guess else ""
    return _wrong(f"'{field}'", f"has the unknown operator '{operator}'", f"{remedy}Known: {', '.join(OPERATORS)}.")


def _membership(field: str, operand: object) -> Tree:
    if not isinstance(operand, Iterable) or isinstance(operand, (str, bytes, Mapping)):
        raise _wrong(f"'{field}'", "needs a list of values for 'in'", f'Write {{"{field}": [1, 2, 3]}}.')
    literals = tuple(_literal(field, item) for item in operand)
    if not literals:
        raise _wrong(f"'{field}'", "has an empty list, which no row can satisfy", "Name at least one value.")
    return Membership(field, literals)


def _nullness(field: str, operand: object) -> Tree:
    if not isinstance(operand, bool):
        raise _wrong(f"'{field}'", "needs true or false for 'is-null'", f'Write {{"{field}": {{"is-null": true}}}}.')
    return Missing(field) if operand else Negation(Missing(field))


def _literal(field: str, value: object) -> Literal:
    if value is None:
        return Literal("null", Sort.NULL)
    if isinstance(value, bool):
        return Literal(str(value).lower(), Sort.BOOLEAN)
    if isinstance(value, (int, float, Decimal)):
        return Literal(str(value), Sort.NUMBER)
    return Literal(_text(field, value), Sort.TEXT)


def _text(field: str, value: object) -> str:
    match value:
        case str():
            return value
        case bytes():
            return rf"\x{value.hex()}"
        case datetime() | date() | time():
            return value.isoformat()
        case UUID():
            return str(value)
        case _:
            raise _wrong(f"'{field}'", f"has the value {value!r}", "Use text, a number, true, false, null or a list.")
