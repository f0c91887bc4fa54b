"""What may stand in the way of rows that become what they were: who refers to them, what they refer to, and what must
be unique."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from entrepot.importing.unique import unique_in
from entrepot.model.catalog import Catalog, Entity, EntityKind, Relation
from entrepot.model.journals import Part
from entrepot.model.undoing import BackPart, Beside, Blocking, Claim, Need

KEPT = ("NO ACTION", "RESTRICT")
"""Where a row that goes takes nobody along."""


@dataclass(frozen=True, kw_only=True)
class Child:
    """A row that goes must not take others along, nor leave them with nothing."""

    entity: Entity
    relation: Relation
    blocking: Blocking


@dataclass(frozen=True, kw_only=True)
class Parent:
    """A row that comes back must not refer to nothing."""

    entity: Entity
    relation: Relation
    need: Need


@dataclass(frozen=True, kw_only=True)
class Standing:
    """All that is to be looked at."""

    children: tuple[Child, ...] = ()
    claims: tuple[Claim, ...] = ()
    parents: tuple[Parent, ...] = ()

    @property
    def entities(self) -> list[Entity]:
        return [one.entity for one in (*self.children, *self.parents)]

    @property
    def beside(self) -> Beside:
        return Beside(
            blocking=tuple(child.blocking for child in self.children),
            claims=self.claims,
            needs=tuple(parent.need for parent in self.parents),
        )


def standing(catalog: Catalog, entity: Entity, parts: Sequence[BackPart]) -> Standing:
    created = next((part for part in parts if part.part is Part.CREATED), None)
    others = [part for part in parts if part.part is not Part.CREATED]
    return Standing(
        children=tuple(_children(catalog, entity, created)) if created else (),
        claims=tuple(_claims(entity, others)),
        parents=tuple(_parents(catalog, entity, others)),
    )


def _children(catalog: Catalog, entity: Entity, created: BackPart) -> Iterator[Child]:
    """Each relation that leads to the entity; views have no rows of their own."""
    referring = (
        (other, relation)
        for other in catalog.entities
        if other.kind is not EntityKind.VIEW
        for relation in other.relations
        if relation.parent == entity.name and created.has(relation.parent_fields)
    )
    for number, (other, relation) in enumerate(referring):
        blocking = Blocking(
            number=number,
            entity=other.title,
            fields=relation.fields,
            referred=relation.parent_fields,
            own=other.name == entity.name,
            lets_go=relation.on_delete in KEPT,
        )
        yield Child(entity=other, relation=relation, blocking=blocking)


def _claims(entity: Entity, parts: Sequence[BackPart]) -> Iterator[Claim]:
    """Of keys that rows would have otherwise than now; by its own key, a row was looked for already."""
    keys = dict.fromkeys(unique_in(entity))
    wanted = [(part, key) for part in parts for key in keys if _is_changed(part, key)]
    for number, (part, key) in enumerate(wanted):
        yield Claim(number=number, part=part.part, fields=key)


def _parents(catalog: Catalog, entity: Entity, parts: Sequence[BackPart]) -> Iterator[Parent]:
    """What the database does not check may have led nowhere before."""
    checked = [relation for relation in entity.relations if not relation.declared]
    wanted = [(part, it) for part in parts for it in checked if _is_changed(part, it.fields)]
    for number, (part, relation) in enumerate(wanted):
        parent = catalog.entity(relation.parent)
        own = relation.parent_fields if parent.name == entity.name else ()
        need = Need(number=number, part=part.part, entity=parent.title, fields=relation.fields, parent_fields=own)
        yield Parent(entity=parent, relation=relation, need=need)


def _is_changed(part: BackPart, fields: Sequence[str]) -> bool:
    """Whether rows of the part get all of these back, and not only what they are found by."""
    found_by = {part.columns[at] for at in part.key}
    if not fields or not part.has(fields):
        return False
    return not found_by.issuperset(fields) or (part.part is Part.REMOVED and found_by != set(fields))
