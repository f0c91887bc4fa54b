"""Rows of one table that refer to each other, for servers that look at every row at once: for a while each refers to
nothing, or, where that cannot be, to itself, so that none is in the way of another."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from entrepot.model.catalog import COMPUTED, Entity, Relation

Untied = Mapping[str, str | None]
"""By field, the one of the same row whose value it gets; None: NULL."""


def untied(entity: Entity, relations: Iterable[Relation], found_by: Collection[str]) -> Untied:
    """One NULL is enough to refer to nothing. What rows are found by, or referred to by, stays as it is; a reference
    of which nothing may be changed, too."""
    fixed = {*found_by, *(name for relation in relations for name in relation.parent_fields)}
    fixed.update(field.name for field in entity.fields if field.origin in COMPUTED)
    found: dict[str, str | None] = {}
    itself: list[Relation] = []
    for relation in relations:
        empty = [name for name in relation.fields if name not in fixed and entity.field(name).nullable]
        found.update(dict.fromkeys(empty))
        if not empty:
            itself.append(relation)
    for relation in itself:
        pairs = {ours: its for ours, its in zip(relation.fields, relation.parent_fields, strict=True) if ours != its}
        if fixed.isdisjoint(pairs) and found.keys().isdisjoint(pairs):
            found.update(pairs)
    return found
