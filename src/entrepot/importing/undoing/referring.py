"""What may stand in the way of rows that become what they were: who refers to them, what they refer to, and what must
be unique."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from entrepot.model.catalog import Catalog, Entity, EntityKind, Relation
from entrepot.model.journals import Part
from entrepot.model.undoing import BackPart, Beside, Blocking, Claim, Need
from entrepot.model.unique_keys import unique_in

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


def standing(catalog: Catalog, parts: Sequence[BackPart]) -> Standing:
    others = [part for part in parts if part.part is not Part.CREATED]
    return Standing(
        children=tuple(_children(catalog, parts)),
        claims=tuple(_claims(catalog, others)),
        parents=tuple(_parents(catalog, others)),
    )


def _children(catalog: Catalog, parts: Sequence[BackPart]) -> Iterator[Child]:
    """Each relation that leads to created rows; views have no rows of their own."""
    referring = (
        (part, other, relation)
        for part in parts
        if part.part is Part.CREATED
        for other in catalog.entities
        if other.kind is not EntityKind.VIEW
        for relation in other.relations
        if relation.parent == part.entity and part.has(relation.parent_fields)
    )
    for number, (part, other, relation) in enumerate(referring):
        blocking = Blocking(
            number=number,
            of=part.number,
            child=other.name,
            title=other.title,
            fields=relation.fields,
            referred=relation.parent_fields,
            lets_go=relation.on_delete in KEPT or other.name != part.entity or _gives_way(other, relation, parts),
        )
        yield Child(entity=other, relation=relation, blocking=blocking)


def _gives_way(entity: Entity, relation: Relation, parts: Sequence[BackPart]) -> bool:
    """Whether its rows get such references back whole, and can have none until then: even if what they refer to goes
    before, they are what they were."""
    back = (part for part in parts if part.entity == entity.name and part.part is Part.UPDATED)
    return all(part.has(relation.fields) for part in back) and all(entity.field(it).nullable for it in relation.fields)


def _claims(catalog: Catalog, parts: Sequence[BackPart]) -> Iterator[Claim]:
    """Of keys that rows would have otherwise than now; by its own key, a row was looked for already."""

    def entity_of(part: BackPart) -> Entity:
        return catalog.entity(part.entity)

    wanted = (
        (part, key)
        for part in parts
        for key in dict.fromkeys((*unique_in(entity_of(part)), *newest_in(entity_of(part))))
        if _is_changed(part, key)
    )
    for number, (part, key) in enumerate(wanted):
        yield Claim(number=number, of=part.number, fields=key)


def newest_in(entity: Entity) -> Iterator[tuple[str, ...]]:
    """Of all versions of one thing only one can be the newest, whatever the database keeps unique."""
    if entity.versions is not None and entity.versions.current is not None:
        yield (*entity.versions.of, entity.versions.current)


def _parents(catalog: Catalog, parts: Sequence[BackPart]) -> Iterator[Parent]:
    """What the database does not check may have led nowhere before."""
    wanted = (
        (part, relation)
        for part in parts
        for relation in catalog.entity(part.entity).relations
        if not relation.declared and _is_changed(part, relation.fields)
    )
    for number, (part, relation) in enumerate(wanted):
        parent = catalog.entity(relation.parent)
        need = Need(
            number=number,
            of=part.number,
            parent=parent.name,
            title=parent.title,
            fields=relation.fields,
            parent_fields=relation.parent_fields,
        )
        yield Parent(entity=parent, relation=relation, need=need)


def _is_changed(part: BackPart, fields: Sequence[str]) -> bool:
    """Whether rows of the part get all of these back, and not only what they are found by."""
    found_by = {part.columns[at] for at in part.key}
    if not fields or not part.has(fields):
        return False
    return not found_by.issuperset(fields) or (part.part is Part.REMOVED and found_by != set(fields))
