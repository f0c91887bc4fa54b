"""References in a circle: whichever row goes first, another one refers to it still."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from entrepot.importing.mirroring.relations import takes_along
from entrepot.importing.request import Run
from entrepot.importing.undoing.referring import KEPT
from entrepot.model.catalog import COMPUTED, Catalog, Entity, Relation
from entrepot.model.changes import ChangingAlone, Movable
from entrepot.model.components import components
from entrepot.model.errors import AccessError
from entrepot.model.graph import cycles
from entrepot.model.journals import Part
from entrepot.model.undoing import BackPart
from entrepot.model.unique_keys import unique_in


def rings(catalog: Catalog, parts: Sequence[BackPart]) -> Mapping[int, tuple[str, ...]]:
    """Of parts whose rows go or come back, by number: the fields of such references that can be empty for a while."""
    found: dict[int, dict[str, None]] = {}
    for part, relation in _inside(catalog, parts):
        found.setdefault(part.number, {}).update(dict.fromkeys(_loose(catalog, part, relation)))
    return {number: tuple(fields) for number, fields in found.items() if fields}


def must_wait(catalog: Catalog, parts: Sequence[BackPart]) -> tuple[Relation, ...]:
    """Those that lead round a circle of entities and can never be empty: they hold again when all is taken back."""
    fixed = [it for part, it in _inside(catalog, parts) if not _loose(catalog, part, it)]
    names = {name for it in fixed for name in (it.entity, it.parent)}
    edges = {name: [it.parent for it in fixed if it.entity == name] for name in names}
    round_about = [set(some) for some in components(edges) if len(some) > 1]
    return tuple(dict.fromkeys(it for it in fixed if any({it.entity, it.parent} <= some for some in round_about)))


def movable(relations: Sequence[Relation], run: Run) -> Movable:
    """Of those, what the database can only wait for with if nobody else uses the tables meanwhile; none for whoever may
    not ask for that. What takes rows along when others go stays: it would not do so."""
    stiff = [it for it in relations if not it.deferrable and {it.on_delete, it.on_update} <= set(KEPT)]
    if not stiff or not isinstance(run.engine, ChangingAlone):
        return Movable()
    try:
        return run.engine.movable(run.catalog, stiff)
    except AccessError:
        return Movable()


def stuck(catalog: Catalog, part: BackPart) -> Iterator[Relation]:
    """References from one row to another of the same entity that hold a row at once, that can never be empty, and that
    no two rows can have alike: so none of a ring can be let loose, not even by a reference to itself."""
    entity = catalog.entity(part.entity)
    for relation in entity.relations if part.part is Part.CREATED else ():
        alone = any(key and set(key) <= set(relation.fields) for key in unique_in(entity))
        held = relation.parent == part.entity and relation.on_delete == "RESTRICT" and not relation.declared
        if held and alone and not _loose(catalog, part, relation):
            yield relation


def pulled_along(catalog: Catalog, entity: Entity) -> bool:
    """Whether some of its rows may be gone with others, before they are deleted themselves: no count tells of them."""
    circle = next((members for members in cycles(catalog) if entity.name in members), ())
    return any(takes_along(relation) and relation.parent in circle for relation in entity.relations)


def _inside(catalog: Catalog, parts: Sequence[BackPart]) -> Iterator[tuple[BackPart, Relation]]:
    moving = [part for part in parts if part.part is not Part.UPDATED]
    there = {part.entity for part in moving}
    circles = [there.intersection(members) for members in cycles(catalog)]
    for part in moving:
        circle = next((circle for circle in circles if part.entity in circle), set[str]())
        for relation in catalog.entity(part.entity).relations:
            if relation.parent in circle and not relation.declared:
                yield part, relation


def _loose(catalog: Catalog, part: BackPart, relation: Relation) -> list[str]:
    found_by = {part.columns[at] for at in part.key}
    fields = [catalog.entity(part.entity).field(name) for name in relation.fields if name not in found_by]
    return [it.name for it in fields if it.nullable and it.origin not in COMPUTED and it.name in part.columns]
