"""Conditions on whole rows as SQL over their text forms. They are unknown where a field has no value, as in any SQL,
and where nothing can be told of it (a day that no calendar has)."""

from __future__ import annotations

from collections.abc import Sequence

from entrepot.model.drafts import TargetField
from entrepot.model.rules import Condition, What
from entrepot.model.types import MOMENTS, NUMBERS, Kind, LogicalType
from entrepot.workbench.judging.expressions import quoted, quoted_all
from entrepot.workbench.judging.rule_kinds import in_order

OPERATORS = {"eq": "=", "ne": "<>", "gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
BY_VALUE = NUMBERS | MOMENTS | {Kind.TIME}
"""Whose texts say nothing about their order, or equality."""


def holds(condition: Condition, fields: Sequence[TargetField]) -> str:
    match condition.what:
        case What.EVERY | What.SOME:
            word = " AND " if condition.what is What.EVERY else " OR "
            return f"({word.join(holds(item, fields) for item in condition.items)})"
        case What.NOT:
            return f"(NOT {holds(condition.items[0], fields)})"
        case _:
            return f"({single(condition, fields)})"


def single(condition: Condition, fields: Sequence[TargetField]) -> str:
    value = f"f{condition.field}"
    match condition.what:
        case What.MISSING:
            return f"{value} IS NULL"
        case What.AMONG:
            return among(value, fields[condition.field].type, condition.values)
        case What.LIKE:
            return f"{value} LIKE {quoted(condition.values[0])}"
        case What.LENGTH:
            return f"length({value}) {OPERATORS[condition.operator]} {int(condition.values[0])}"
        case _:
            return compared(condition, fields)


def among(value: str, type: LogicalType, values: Sequence[str]) -> str:
    if not values:
        return f"{value} IS NULL"
    if type.kind not in BY_VALUE:
        return f"{value} IN ({quoted_all(values)})"
    return " OR ".join(in_order(value, "=", quoted(known), type.kind) for known in values)


def compared(condition: Condition, fields: Sequence[TargetField]) -> str:
    one = fields[condition.field].type.kind
    other = one if condition.other is None else fields[condition.other].type.kind
    right = quoted(condition.values[0]) if condition.other is None else f"f{condition.other}"
    left, operator = f"f{condition.field}", OPERATORS[condition.operator]
    if one not in BY_VALUE:
        return f"{left} {operator} {right}"
    return in_order(left, operator, right, one if one is other else wider(one, other))


def wider(one: Kind, other: Kind) -> Kind:
    """The kind by which values of two kinds are compared."""
    if Kind.FLOAT in (one, other):
        return Kind.FLOAT
    return Kind.DECIMAL if one in NUMBERS else Kind.TIMESTAMP
