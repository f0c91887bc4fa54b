"""Rows that wait for each other: one comes back only when what must be unique is free, the row that has it goes only
when nobody refers to it, and who refers to it needs the one that comes back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from entrepot.model.catalog import COMPUTED, Catalog
from entrepot.model.journals import Part
from entrepot.model.undoing import BackPart
from entrepot.model.unique_keys import unique_in


def freed(
    catalog: Catalog, parts: Sequence[BackPart], loose: Mapping[int, tuple[str, ...]]
) -> Mapping[int, tuple[str, ...]]:
    """By the numbers of the parts: the fields that can be empty for a while so that nobody has to wait, and those of
    `loose`. A row that stays is never touched: only what goes, or gets other values in these fields anyway."""
    found = {part.number: (*loose.get(part.number, ()), *_giving_way(catalog, part)) for part in parts}
    return {number: tuple(dict.fromkeys(fields)) for number, fields in found.items() if fields}


def _giving_way(catalog: Catalog, part: BackPart) -> Iterator[str]:
    entity, found_by = catalog.entity(part.entity), {part.columns[at] for at in part.key}
    wanted = () if part.part is Part.REMOVED else (*_unique(catalog, part), *_references(catalog, part))
    for name in wanted:
        field = entity.field(name)
        if name in part.columns and name not in found_by and field.nullable and field.origin not in COMPUTED:
            yield name


def _unique(catalog: Catalog, part: BackPart) -> Iterator[str]:
    """Not what others refer to: the schema might empty their references as well, and nobody would fill them again."""
    relations = (*catalog.relations(), *catalog.hidden)
    referred = {name for it in relations if it.parent == part.entity for name in it.parent_fields}
    for key in unique_in(catalog.entity(part.entity)):
        yield from (name for name in key if name not in referred)


def _references(catalog: Catalog, part: BackPart) -> Iterator[str]:
    if part.part is Part.UPDATED:
        for relation in catalog.entity(part.entity).relations:
            yield from () if relation.declared else relation.fields
