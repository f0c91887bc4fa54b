"""Keys without an index, which cost whoever imports time, and others a wait."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from entrepot.model.catalog import Catalog, Entity
from entrepot.model.problems import Category, Place, Problem, Severity

LOCKING = frozenset({"mysql"})
"""Engines that lock every row that they look at when they look for rows to change."""


def unindexed(entity: Entity, key: Sequence[str], catalog: Catalog) -> Iterator[Problem]:
    if not key or is_indexed(entity, key):
        return
    names = ", ".join(entity.field(name).title for name in key)
    locked = ", and locked until the import has ended" if catalog.engine in LOCKING else ""
    yield Problem(
        code="key_not_indexed",
        message=f"No index of '{entity.title}' begins with {names}: all its rows are read to find those that match"
        f"{locked}.",
        remedy="Add an index, choose another key, or import when nobody else changes the table.",
        severity=Severity.INFO,
        category=Category.INTEGRITY,
        place=Place(entity=entity.title),
    )


def is_indexed(entity: Entity, key: Sequence[str]) -> bool:
    """By an index whose first field is one of the key."""
    indexes = [entity.primary_key, *(each.fields for each in (*entity.keys, *entity.indexes))]
    return any(fields and fields[0] in key for fields in indexes)
