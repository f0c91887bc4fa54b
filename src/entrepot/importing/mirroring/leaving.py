"""Which rows go: those of the scope that no record names, and whatever the database would delete with them.

They are read whole, so that nothing is deleted that the journal does not hold, and those that somebody changed since
the preview are noticed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from entrepot.importing.asking import KEYS, RECORD, columns
from entrepot.importing.mirroring.asked import filtered, scope_of
from entrepot.importing.mirroring.following import follow, look_around
from entrepot.importing.mirroring.reach import Reach, Table, reach_of
from entrepot.importing.mirroring.relations import may_take_unseen
from entrepot.importing.mirroring.walk import FOUND, NAMED, Walk
from entrepot.importing.request import Work
from entrepot.model.catalog import Entity
from entrepot.model.changes import Target
from entrepot.model.mirrors import Leaving, Radius
from entrepot.model.predicates import Not, both

SHOWN = 5
SCOPED, UNNAMED, OUTSIDE, STAYING = "scoped_rows", "unnamed_rows", "outside_rows", "staying_rows"
GOING = f"{KEYS}_going"


@dataclass(frozen=True, kw_only=True)
class Going:
    """What was found, whose rows are in the workbench."""

    reach: Reach
    rows: Mapping[str, int]
    """How many go, by entity."""
    radius: Radius

    def table_of(self, entity: Entity) -> Table | None:
        """None: all of its rows stay."""
        return self.reach.tables[entity.name] if self.rows.get(entity.name) else None

    def before(self, entity: Entity) -> Table | None:
        """The same of rows that go before others change."""
        return None if self.reach.is_round(entity) else self.table_of(entity)


def without_rows(work: Work, table: str, columns: Sequence[str], going: Table) -> None:
    """Leave those out that go; their keys are the first of the columns, called as there."""
    bench, width = work.bench, len(going.key)
    names = [*going.key_names, *columns[width:]]
    bench.keep_new(STAYING, table, columns, names=names, key=width, but=[going.going], anew=True)
    bench.keep_new(table, STAYING, names, names=columns, key=0, anew=True)


def leaving(work: Work, target: Target) -> Going:
    """After the rows were found that the records name."""
    walk = Walk(work=work, target=target, reach=reach_of(work.run.catalog, work.prepared.entity))
    _begin(walk)
    scope = 0 if target.is_empty(work.prepared.entity) else _take_unnamed(walk)
    follow(walk)
    look_around(walk)
    tables = tuple(_told(walk))
    radius = Radius(
        scope=scope, unnamed=_unnamed(walk), tables=tuple(told for told, _ in tables), digest=_digest(tables)
    )
    return Going(reach=walk.reach, rows=walk.going, radius=radius)


def _begin(walk: Walk) -> None:
    """Empty tables: another attempt may have left some."""
    bench = walk.work.bench
    walk.take(OUTSIDE, [RECORD], ())
    walk.take(UNNAMED, walk.root.key_names, ())
    for table in walk.reach.tables.values():
        walk.take(FOUND, table.names, ())
        for name in (table.going, table.emptied, table.held):
            bench.keep_new(name, FOUND, table.names, key=len(table.key), anew=True)


def _take_unnamed(walk: Walk) -> int:
    """How many rows the scope has. Only what is read by its key is locked, and as it is now."""
    work, target, root = walk.work, walk.target, walk.root
    entity, scope, width = work.prepared.entity, scope_of(work.prepared), len(root.key)
    work.run.reporter.phase(f"Looking for rows of {entity.title} that the file does not name")
    _take_named(walk)
    _take_outside(walk)
    rows = walk.take(SCOPED, root.key_names, target.rows(entity, columns(entity, root.key), where=scope))
    work.bench.keep_new(UNNAMED, SCOPED, root.key_names, key=width, but=[NAMED], anew=True)
    target.keep_keys(GOING, entity, root.key, work.bench.give(UNNAMED, root.key_names, null=target.null))
    found = target.matching(GOING, entity, root.key, columns(entity, root.fields), where=scope)
    walk.take(FOUND, root.names, found)
    walk.going[entity.name] = work.bench.keep_new(root.going, FOUND, root.names, key=width)
    if _unnamed(walk) > walk.going[entity.name]:
        walk.keyless.add(entity.name)  # SQLite lets primary keys be NULL
    return rows


def _take_named(walk: Walk) -> None:
    """The keys of the rows that records met."""
    prepared, root = walk.work.prepared, walk.root
    key = prepared.named(prepared.matching.key)
    known = {name: f"k{at}" for at, name in enumerate(key)}
    known |= {name: f"b{at}" for at, name in enumerate(prepared.named(prepared.matching.compared))}
    if known.keys() >= set(root.key):
        walk.work.bench.keep_new(NAMED, "existing", [known[name] for name in root.key], key=len(root.key), anew=True)
        return
    entity, inside = prepared.entity, prepared.inside(prepared.entity)
    walk.take(
        NAMED,
        root.key_names,
        walk.target.matching(KEYS, entity, key, columns(entity, root.key), where=inside),
    )


def _take_outside(walk: Walk) -> None:
    """The records whose row is there, but not in the scope."""
    prepared, where = walk.work.prepared, filtered(walk.work.prepared)
    if where is not None:
        entity, key = prepared.entity, prepared.named(prepared.matching.key)
        others = both(prepared.inside(entity), Not(where))
        walk.take(OUTSIDE, [RECORD], walk.target.matching(KEYS, entity, key, (), numbered=True, where=others))


def _unnamed(walk: Walk) -> int:
    return walk.work.bench.kept(UNNAMED, len(walk.root.key), key=len(walk.root.key), most=0).rows


def _told(walk: Walk) -> Iterator[tuple[Leaving, object]]:
    root = walk.root
    for table in (root, *(table for table in walk.reach.tables.values() if table is not root)):
        told, digest = _told_of(walk, table)
        if table is root or told != Leaving(entity=told.entity, key=told.key):
            yield told, digest


def _told_of(walk: Walk, table: Table) -> tuple[Leaving, object]:
    bench, name, width = walk.work.bench, table.entity.name, len(table.key)
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
    told = Leaving(
        entity=table.entity.title,
        keyless=name in walk.keyless,
        strangers=name in walk.strangers,
        unseen=bool(walk.going.get(name)) and may_take_unseen(walk.work.run.catalog, name),
        key=tuple(table.entity.field(one).title for one in table.key),
        first=first,
        **counts,
    )
    return told, (name, digests, counts, told.keyless, told.strangers, told.unseen)


def _digest(tables: Iterable[tuple[Leaving, object]]) -> str:
    return hashlib.sha256(msgspec.json.encode([told for _, told in tables])).hexdigest()
