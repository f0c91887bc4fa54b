"""A filter in either form, read and typed at once."""

from __future__ import annotations

from entrepot.model.catalog import Entity
from entrepot.model.filters import read_filter, typed
from entrepot.model.predicates import Predicate


def parse_filter(where: object, entity: Entity) -> Predicate | None:
    tree = read_filter(where)
    return None if tree is None else typed(tree, entity)
