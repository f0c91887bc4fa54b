"""Which references decide about what happens when rows of one entity are deleted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from entrepot.model.catalog import Catalog, Entity, EntityKind, Relation

EMPTIED = frozenset({"SET NULL", "SET DEFAULT"})


def takes_along(relation: Relation) -> bool:
    return relation.on_delete == "CASCADE" and not relation.declared


def empties(catalog: Catalog, relation: Relation, key: Sequence[str]) -> bool:
    """What must not be empty refuses it; so does what a row is found by (`key`), or others refer to."""
    if relation.declared or relation.on_delete not in EMPTIED:
        return False
    if not {*key, *referred(catalog, relation.entity)}.isdisjoint(relation.fields):
        return False
    child = catalog.entity(relation.entity)
    return relation.on_delete != "SET NULL" or all(child.field(name).nullable for name in relation.fields)


def referred(catalog: Catalog, parent: str) -> Iterator[str]:
    hidden = (relation for relation in catalog.hidden if relation.parent == parent)
    for relation in (*_leading_to(catalog, parent), *hidden):
        yield from relation.parent_fields


def reached(catalog: Catalog, mirrored: Iterable[Entity]) -> tuple[Relation, ...]:
    """All that lead to an entity whose rows may go."""
    waiting = [entity.name for entity in mirrored]
    going = set(waiting)
    found: dict[tuple[str, str, tuple[str, ...]], Relation] = {}
    while waiting:
        for relation in _leading_to(catalog, waiting.pop()):
            found[relation.entity, relation.name, relation.fields] = relation
            if takes_along(relation) and relation.entity not in going:
                going.add(relation.entity)
                waiting.append(relation.entity)
    return tuple(found.values())


def _leading_to(catalog: Catalog, parent: str) -> Iterator[Relation]:
    for other in catalog.entities:
        if other.kind is EntityKind.TABLE:
            yield from (relation for relation in other.relations if relation.parent == parent)


def may_take_unseen(catalog: Catalog, parent: str) -> bool:
    """Whether rows of a hidden table would go, or change, with rows of this entity; others are refused by the
    database."""
    return any(relation.parent == parent and relation.on_delete in {"CASCADE", *EMPTIED} for relation in catalog.hidden)
