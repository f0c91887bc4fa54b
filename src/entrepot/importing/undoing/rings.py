"""References in a circle: whichever row goes first, another one refers to it still."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from entrepot.model.catalog import COMPUTED, Catalog
from entrepot.model.graph import cycles
from entrepot.model.journals import Part
from entrepot.model.undoing import BackPart


def rings(catalog: Catalog, parts: Sequence[BackPart]) -> Mapping[int, tuple[str, ...]]:
    """Of parts whose rows go or come back, by number: the fields of such references that can be empty for a while."""
    there = {part.entity for part in parts}
    circles = [there.intersection(members) for members in cycles(catalog)]
    found = {
        part.number: _loose(catalog, part, circle) for part in parts for circle in circles if part.entity in circle
    }
    return {number: fields for number, fields in found.items() if fields}


def _loose(catalog: Catalog, part: BackPart, circle: Collection[str]) -> tuple[str, ...]:
    if part.part is Part.UPDATED:
        return ()
    entity = catalog.entity(part.entity)
    found_by = {part.columns[at] for at in part.key}
    leading = (it for it in entity.relations if not it.declared and it.parent in circle)
    names = dict.fromkeys(name for relation in leading for name in relation.fields)
    fields = (entity.field(name) for name in names if name in part.columns and name not in found_by)
    return tuple(field.name for field in fields if field.nullable and field.origin not in COMPUTED)
