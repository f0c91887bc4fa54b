"""What goes with rows that go, what loses its reference to them, and what keeps them from going.

Of one tenant's import, rows of others are neither counted nor deleted: that there are any is enough to refuse it.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from entrepot.importing.asking import columns
from entrepot.importing.mirroring.reach import Table
from entrepot.importing.mirroring.relations import empties, takes_along
from entrepot.importing.mirroring.walk import FOUND, NAMED, REFERRING, Walk
from entrepot.model.catalog import Entity, Relation
from entrepot.model.predicates import Not, Predicate


def follow(walk: Walk) -> None:
    """Until no more rows go."""
    waiting = deque([walk.root])
    while waiting:
        table = waiting.popleft()
        if not walk.going.get(table.entity.name):
            continue
        for relation in walk.reach.to(table.entity):
            child = walk.reach.tables[relation.entity]
            if takes_along(relation) and _take_along(walk, relation, table) and child not in waiting:
                waiting.append(child)


def look_around(walk: Walk) -> None:
    """When all are known that go."""
    for table in walk.reach.tables.values():
        if walk.going.get(table.entity.name):
            for relation in walk.reach.to(table.entity):
                if not takes_along(relation):
                    _stay(walk, relation, table)


def _take_along(walk: Walk, relation: Relation, table: Table) -> int:
    """How many more rows go."""
    child = walk.reach.tables[relation.entity]
    name, width = child.entity.name, len(child.key)
    found = _referring(walk, relation, table)
    if found and not child.key:
        walk.keyless.add(name)
    if not found or not child.key:
        return 0
    named = _named(walk, child)
    new = walk.work.bench.keep_new(child.going, FOUND, child.names, key=width, but=named)
    if named and not _is_filled(walk, relation):
        walk.work.bench.keep_new(child.held, FOUND, child.names, key=width, but=[child.going])
    walk.going[name] = walk.going.get(name, 0) + new
    return new


def _stay(walk: Walk, relation: Relation, table: Table) -> None:
    """Rows that do not go, and refer to some that do."""
    child, bench = walk.reach.tables[relation.entity], walk.work.bench
    found = _referring(walk, relation, table)
    loses = empties(walk.work.run.catalog, relation, child.key)
    if not found:
        return
    if not child.key:
        if loses:
            walk.keyless.add(child.entity.name)
        else:
            walk.held[child.entity.name] = walk.held.get(child.entity.name, 0) + found
        return
    but = [child.going, *(_named(walk, child) if _is_filled(walk, relation) else ())]
    bench.keep_new(child.emptied if loses else child.held, FOUND, child.names, key=len(child.key), but=but)


def _named(walk: Walk, child: Table) -> list[str]:
    return [NAMED] if child is walk.root else []


def _is_filled(walk: Walk, relation: Relation) -> bool:
    """Whether every record says what its row refers to; one that refers to what goes is found to be wrong."""
    return relation in walk.work.prepared.relations and not walk.work.bench.kept("absent", 0, key=0, most=0).rows


def _referring(walk: Walk, relation: Relation, table: Table) -> int:
    """How many rows refer to some that go. By the types of the parent: a child may be too narrow for what it has."""
    work, target = walk.work, walk.target
    child = walk.reach.tables[relation.entity]
    if not set(relation.parent_fields) <= set(table.fields):
        walk.keyless.add(child.entity.name)  # to what the database computes
        return 0
    keys = work.bench.give(table.going, table.named(relation.parent_fields), null=target.null)
    walk.take(FOUND, child.names, ())
    if not target.keep_keys(REFERRING, table.entity, relation.parent_fields, keys):
        return 0
    own, others = _whose(walk, child.entity)
    if others is not None and _any(walk, relation, child.entity, others.where):
        walk.strangers.add(child.entity.name)
    if others is not None and others.all:
        return 0
    wanted = columns(child.entity, child.fields)
    return walk.take(FOUND, child.names, target.matching(REFERRING, child.entity, relation.fields, wanted, where=own))


@dataclass(frozen=True, kw_only=True)
class Others:
    """Rows of nobody that the import is for."""

    where: Predicate | None
    all: bool = False


def _whose(walk: Walk, child: Entity) -> tuple[Predicate | None, Others | None]:
    """Of one tenant's import: what is theirs, and what is not."""
    tenancy = walk.work.prepared.tenancy
    if tenancy is None:
        return None, None
    own = tenancy.inside(child)
    return own, Others(where=None if own is None else Not(own), all=own is None)


def _any(walk: Walk, relation: Relation, child: Entity, where: Predicate | None) -> bool:
    found = walk.target.matching(REFERRING, child, relation.fields, columns(child, relation.fields), where=where)
    return bool(walk.take(FOUND, [f"c{at}" for at in range(len(relation.fields))], found))
