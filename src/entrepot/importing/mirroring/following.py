"""What goes with rows that go, what loses its reference to them, and what keeps them from going.

Of one tenant's import, rows of others are neither counted nor deleted: that there are any is enough to refuse it.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from entrepot.importing.asking import columns
from entrepot.importing.mirroring.reach import Table
from entrepot.importing.mirroring.relations import empties, takes_along
from entrepot.importing.mirroring.walk import FOUND, REFERRING, Walk
from entrepot.model.catalog import Entity, Relation
from entrepot.model.drafts import Mode
from entrepot.model.predicates import Not, Predicate

STAYING = "staying_referring"


def follow(walk: Walk) -> None:
    """Until no more rows go."""
    waiting = deque(walk.gone())
    while waiting:
        table = waiting.popleft()
        for relation in walk.reach.to(table.entity):
            child = walk.reach.tables[relation.entity]
            if takes_along(relation) and _take_along(walk, relation, table) and child not in waiting:
                waiting.append(child)


def look_around(walk: Walk) -> None:
    """When all are known that go."""
    for table in walk.gone():
        for relation in walk.reach.to(table.entity):
            if not takes_along(relation):
                _stay(walk, relation, table)


def wait(walk: Walk) -> None:
    """What rows of the import's own tables refer to until they are changed can only go then, and with it whatever it
    refers to itself. All else goes first, so that what must be unique is free for others."""
    for table in walk.gone():
        if any(_is_needed(walk, relation, table) for relation in walk.reach.to(table.entity)):
            walk.last.add(table.entity.name)
    waiting = list(walk.last)
    while waiting:
        for relation in walk.run.catalog.entity(waiting.pop()).relations:
            if walk.going.get(relation.parent) and relation.parent not in walk.last:
                walk.last.add(relation.parent)
                waiting.append(relation.parent)


def _is_needed(walk: Walk, relation: Relation, table: Table) -> bool:
    child = walk.reach.tables[relation.entity]
    if relation.entity not in walk.works or not _referring(walk, relation, table):
        return False
    return not child.key or bool(
        walk.bench.keep_new(STAYING, FOUND, child.names, key=len(child.key), but=[child.going], anew=True)
    )


def _take_along(walk: Walk, relation: Relation, table: Table) -> int:
    """How many more rows go."""
    child = walk.reach.tables[relation.entity]
    name, width = child.entity.name, len(child.key)
    found = _referring(walk, relation, table)
    if found and not child.key:
        walk.keyless.add(name)
    if not found or not child.key:
        return 0
    named = [child.known] if name in walk.works else []
    new = walk.bench.keep_new(child.going, FOUND, child.names, key=width, but=named)
    if named and not _is_filled(walk, relation):
        walk.bench.keep_new(child.held, FOUND, child.names, key=width, but=[child.going])
    walk.going[name] = walk.going.get(name, 0) + new
    return new


def _stay(walk: Walk, relation: Relation, table: Table) -> None:
    """Rows that do not go, and refer to some that do."""
    child, bench = walk.reach.tables[relation.entity], walk.bench
    found = _referring(walk, relation, table)
    loses = empties(walk.run.catalog, relation, child.key)
    if not found:
        return
    if not child.key:
        if loses:
            walk.keyless.add(child.entity.name)
        else:
            walk.held[child.entity.name] = walk.held.get(child.entity.name, 0) + found
        return
    but = [child.going, *([child.known] if _is_filled(walk, relation) else ())]
    bench.keep_new(child.emptied if loses else child.held, FOUND, child.names, key=len(child.key), but=but)


def _is_filled(walk: Walk, relation: Relation) -> bool:
    """Whether every record says what its row will refer to; one that refers to what goes is found to be wrong."""
    work = walk.works.get(relation.entity)
    if work is None or work.prepared.request.mode is not Mode.MIRROR or relation not in work.prepared.relations:
        return False
    return not work.bench.kept("absent", 0, key=0, most=0).rows


def _referring(walk: Walk, relation: Relation, table: Table) -> int:
    """How many rows refer to some that go. By the types of the parent: a child may be too narrow for what it has."""
    target, child = walk.target, walk.reach.tables[relation.entity]
    if not set(relation.parent_fields) <= set(table.fields):
        walk.keyless.add(child.entity.name)  # to what the database computes
        return 0
    keys = walk.bench.give(table.going, table.named(relation.parent_fields), null=target.null)
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
    tenancy = walk.tenancy
    if tenancy is None:
        return None, None
    own = tenancy.inside(child)
    return own, Others(where=None if own is None else Not(own), all=own is None)


def _any(walk: Walk, relation: Relation, child: Entity, where: Predicate | None) -> bool:
    found = walk.target.matching(REFERRING, child, relation.fields, columns(child, relation.fields), where=where)
    return bool(walk.take(FOUND, [f"c{at}" for at in range(len(relation.fields))], found))
