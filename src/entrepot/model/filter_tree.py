"""A filter as it was said, before anybody knows the entity: what its text and its data form have in common."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from entrepot.model.predicates import Operator

DEEPEST = 50
"""How far conditions may be nested; deeper ones are a mistake or an attack, and Python's own stack is finite."""


class Sort(StrEnum):
    """How a value was written; `'5'` is a text, `5` is a number."""

    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"
    NULL = "null"


@dataclass(frozen=True)
class Literal:
    text: str
    sort: Sort


@dataclass(frozen=True)
class Comparison:
    field: str
    operator: Operator
    literal: Literal


@dataclass(frozen=True)
class Membership:
    field: str
    literals: tuple[Literal, ...]


@dataclass(frozen=True)
class Missing:
    """The field is NULL."""

    field: str


@dataclass(frozen=True)
class Pair:
    """Two fields of one row; only rules say that."""

    field: str
    operator: Operator
    other: str


@dataclass(frozen=True)
class Length:
    """How many characters the field has; only rules say that."""

    field: str
    operator: Operator
    literal: Literal


@dataclass(frozen=True)
class Every:
    items: tuple[Tree, ...]


@dataclass(frozen=True)
class Some:
    items: tuple[Tree, ...]


@dataclass(frozen=True)
class Negation:
    item: Tree


Tree = Comparison | Membership | Missing | Pair | Length | Every | Some | Negation


def fields_named(tree: Tree) -> Iterator[str]:
    """The names of fields in the order they were said, as they were said."""
    match tree:
        case Every(items) | Some(items):
            for item in items:
                yield from fields_named(item)
        case Negation(item):
            yield from fields_named(item)
        case Pair(field, _, other):
            yield from (field, other)
        case _:
            yield tree.field
