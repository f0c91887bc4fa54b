"""What the relations of a catalog amount to: the order to load in, the cycles, the ways to the tenant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from entrepot.model.catalog import Catalog, Entity, Relation
from entrepot.model.components import components

Path = tuple[Relation, ...]


def required(relation: Relation, catalog: Catalog) -> bool:
    """True if every row must refer to a parent: no field of the key may be NULL, and the database sees to it."""
    child = catalog.entity(relation.entity)
    return not relation.declared and not any(child.field(name).nullable for name in relation.fields)


def load_order(catalog: Catalog) -> tuple[tuple[str, ...], ...]:
    """All entities, parents before children. Entities of one cycle stand together in one tuple, those first that
    need no other of the cycle (their references may be NULL). Depends on names alone, not on the catalog's order.
    """
    edges = _parents(catalog, catalog.by_name)
    return tuple(_within(members, catalog) for members in components(edges))


def _parents(catalog: Catalog, members: Iterable[str], *, only_required: bool = False) -> dict[str, tuple[str, ...]]:
    inside = set(members)
    return {name: _parents_of(catalog.entity(name), inside, catalog, only_required) for name in sorted(inside)}


def _parents_of(entity: Entity, inside: set[str], catalog: Catalog, only_required: bool) -> tuple[str, ...]:
    wanted = (r for r in entity.relations if r.parent in inside and (not only_required or required(r, catalog)))
    return tuple(sorted({r.parent for r in wanted}))


def _within(members: tuple[str, ...], catalog: Catalog) -> tuple[str, ...]:
    if len(members) == 1:
        return members
    ordered = components(_parents(catalog, members, only_required=True))
    return tuple(name for part in ordered for name in sorted(part))


def cycles(catalog: Catalog) -> tuple[tuple[str, ...], ...]:
    """Entities that refer to each other in a circle, and every entity that refers to itself (alone)."""
    return tuple(members for members in load_order(catalog) if _circular(members, catalog))


def _circular(members: tuple[str, ...], catalog: Catalog) -> bool:
    return len(members) > 1 or any(r.parent == members[0] for r in catalog.entity(members[0]).relations)


def tenant_paths(catalog: Catalog) -> Mapping[str, Path | None]:
    """For every entity the way to its tenant: the shortest; of equal ones the one with the fewest references that
    may be NULL, then by name. `Entity.tenant` decides where the settings say which reference to follow.
    """
    best: dict[str, Path] = {catalog.tenant_root: ()} if catalog.tenant_root else {}
    children = _leading_relations(catalog)
    layer = list(best)
    while layer:
        found: dict[str, list[Path]] = {}
        for relation in (r for parent in layer for r in children.get(parent, ())):
            if relation.entity not in best:
                found.setdefault(relation.entity, []).append((relation, *best[relation.parent]))
        best.update({name: _best(paths, catalog) for name, paths in found.items()})
        layer = list(found)
    return {name: best.get(name) for name in catalog.by_name}


def _leading_relations(catalog: Catalog) -> dict[str, list[Relation]]:
    """By parent, the relations that may be a step towards the tenant."""
    by_parent: dict[str, list[Relation]] = {}
    for relation in catalog.relations():
        stated = catalog.entity(relation.entity).tenant
        if stated is None or stated == relation.fields:
            by_parent.setdefault(relation.parent, []).append(relation)
    return by_parent


def _best(paths: Sequence[Path], catalog: Catalog) -> Path:
    return paths[0] if len(paths) == 1 else min(paths, key=lambda path: _rank(path, catalog))


def _rank(path: Path, catalog: Catalog) -> tuple[int, tuple[tuple[str, str], ...]]:
    optional = sum(not required(relation, catalog) for relation in path)
    return optional, tuple((relation.name, relation.parent) for relation in path)
