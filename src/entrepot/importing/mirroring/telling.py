"""What goes with the rows that files do not name, in numbers and first keys."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import msgspec

from entrepot.importing.mirroring.reach import Table
from entrepot.importing.mirroring.relations import may_take_unseen
from entrepot.importing.mirroring.walk import Walk
from entrepot.model.mirrors import Leaving, Radius

SHOWN = 5


def told(walk: Walk) -> dict[str, Radius]:
    """By the mirrored entities: each table with the first that its rows can go with."""
    roots = [table for _, table in walk.mirrored()]
    left = {name for name in walk.reach.tables if name not in {root.entity.name for root in roots}}
    found: dict[str, Radius] = {}
    for root in roots:
        beside = [table for table in walk.reach.beside(root.entity, walk.run.catalog) if table.entity.name in left]
        left -= {table.entity.name for table in beside}
        found[root.entity.name] = _radius(walk, root, beside)
    return found


def _radius(walk: Walk, root: Table, beside: list[Table]) -> Radius:
    tables = tuple(_told(walk, root, beside))
    return Radius(
        scope=walk.scopes.get(root.entity.name, 0),
        unnamed=walk.unnamed.get(root.entity.name, 0),
        tables=tuple(leaving for leaving, _ in tables),
        digest=hashlib.sha256(msgspec.json.encode([facts for _, facts in tables])).hexdigest(),
    )


def _told(walk: Walk, root: Table, beside: list[Table]) -> Iterator[tuple[Leaving, object]]:
    for table in (root, *beside):
        leaving, facts = _told_of(walk, table)
        if table is root or leaving != Leaving(entity=leaving.entity, key=leaving.key):
            yield leaving, facts


def _told_of(walk: Walk, table: Table) -> tuple[Leaving, object]:
    bench, name, width = walk.bench, table.entity.name, len(table.key)
    if width:
        going, emptied, held = (
            bench.kept(one, len(table.fields), key=width, most=SHOWN)
            for one in (table.going, table.emptied, table.held)
        )
        first = (going if going.rows else emptied if emptied.rows else held).first
        counts = {"deleted": going.rows, "emptied": emptied.rows, "held": held.rows}
        digests = [going.digest, emptied.digest, held.digest]
    else:
        counts, digests, first = {"held": walk.held.get(name, 0)}, list[str](), ()
    leaving = Leaving(
        entity=table.entity.title,
        keyless=name in walk.keyless,
        strangers=name in walk.strangers,
        unseen=bool(walk.going.get(name)) and may_take_unseen(walk.run.catalog, name),
        key=tuple(table.entity.field(one).title for one in table.key),
        first=first,
        last=name in walk.last,
        **counts,
    )
    return leaving, (name, digests, counts, leaving.keyless, leaving.strangers, leaving.unseen, leaving.last)
