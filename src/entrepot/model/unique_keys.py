"""What the database itself keeps unique, and which values it gives out."""

from __future__ import annotations

from collections.abc import Iterator

from entrepot.model.catalog import Entity, Origin

GIVEN_BY_DATABASE = frozenset({Origin.AUTO_INCREMENT, Origin.IDENTITY, Origin.IDENTITY_ALWAYS})


def unique_in(entity: Entity) -> Iterator[tuple[str, ...]]:
    """An index with a collation of its own has another opinion about what is equal."""
    yield entity.primary_key
    yield from (key.fields for key in entity.keys)
    plain = (index for index in entity.indexes if index.unique and " collate " not in (index.ddl or "").lower())
    yield from (index.fields for index in plain)
