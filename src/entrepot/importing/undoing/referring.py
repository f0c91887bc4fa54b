"""Who refers to the rows of an entity: a row that goes must not take others along, nor leave them with nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from entrepot.model.catalog import Catalog, Entity, EntityKind, Relation
from entrepot.model.undoing import BackPart, Blocking


@dataclass(frozen=True, kw_only=True)
class Child:
    entity: Entity
    relation: Relation

    @property
    def fields(self) -> tuple[str, ...]:
        return self.relation.fields

    def blocking(self, number: int, part: BackPart) -> Blocking:
        return Blocking(
            number=number,
            entity=self.entity.title,
            columns=tuple(part.columns.index(name) for name in self.relation.parent_fields),
            own=self.relation.parent == self.relation.entity,
        )


def children(catalog: Catalog, entity: Entity) -> Iterator[Child]:
    """Each relation that leads to the entity; views have no rows of their own."""
    for other in catalog.entities:
        if other.kind is not EntityKind.VIEW:
            for relation in other.relations:
                if relation.parent == entity.name:
                    yield Child(entity=other, relation=relation)
