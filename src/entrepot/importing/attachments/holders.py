"""Whose rows may point to the same files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from entrepot.model.catalog import Catalog, Entity, EntityKind


def holders(entity: Entity, names: Sequence[str], catalog: Catalog) -> Iterator[Entity]:
    """As some fields of an entity do."""
    collections = {field.file for field in map(entity.field, names) if field.file}
    for other in catalog.entities:
        if other.kind is not EntityKind.VIEW and any(field.file in collections for field in other.fields):
            yield other
