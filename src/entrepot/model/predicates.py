"""Conditions on rows, as data. Engines compile them to SQL; nothing here knows any.

A predicate always speaks about the rows of one entity. Values are already typed: `Value.text` is the
text form (docs/reference/values.md) of a value of `Value.type`, so an engine needs no guess.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from entrepot.model.types import LogicalType


class Operator(StrEnum):
    EQ = "eq"
    NE = "ne"
    GT = "gt"
    GTE = "gte"
    LT = "lt"
    LTE = "lte"
    LIKE = "like"


@dataclass(frozen=True)
class Value:
    text: str
    type: LogicalType


@dataclass(frozen=True)
class Compare:
    """`field operator value`. A NULL never satisfies it, not even NE. LIKE is case-sensitive, `%` and `_`."""

    field: str
    operator: Operator
    value: Value


@dataclass(frozen=True)
class In:
    field: str
    values: tuple[Value, ...]


@dataclass(frozen=True)
class IsNull:
    field: str


@dataclass(frozen=True)
class And:
    items: tuple[Predicate, ...]


@dataclass(frozen=True)
class Or:
    items: tuple[Predicate, ...]


@dataclass(frozen=True)
class Not:
    """Rows for which `item` is not true (false or unknown)."""

    item: Predicate


@dataclass(frozen=True)
class Related:
    """EXISTS a row of `entity` whose `other_fields` equal our `fields` and that satisfies `where`.

    Works in both directions: from a child to its parent, and from a parent to its children.
    """

    fields: tuple[str, ...]
    entity: str
    other_fields: tuple[str, ...]
    where: Predicate | None = None


@dataclass(frozen=True)
class InRowSet:
    """The row's primary key is in a row set that the session holds (see `RowSets` in the databases port)."""

    rowset: str


Predicate = Compare | In | IsNull | And | Or | Not | Related | InRowSet


def both(*items: Predicate | None) -> Predicate | None:
    """All of the given conditions; None where there are none."""
    present = tuple(item for item in items if item is not None)
    if not present:
        return None
    return present[0] if len(present) == 1 else And(present)
