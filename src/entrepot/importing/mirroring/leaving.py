"""Which rows go: those of the scope that no record names, and whatever the database would delete with them.

They are read whole, so that nothing is deleted that the journal does not hold, and those that somebody changed since
the preview are noticed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from entrepot.importing.asking import KEYS, RECORD, columns, take
from entrepot.importing.mirroring.asked import filtered, scope_of
from entrepot.importing.mirroring.following import follow, look_around, wait
from entrepot.importing.mirroring.reach import Reach, Table, reach_of
from entrepot.importing.mirroring.telling import told
from entrepot.importing.mirroring.walk import FOUND, Walk
from entrepot.importing.request import Work
from entrepot.model.catalog import Entity
from entrepot.model.changes import Target
from entrepot.model.drafts import Mode
from entrepot.model.matching import Decided
from entrepot.model.mirrors import Radius
from entrepot.model.predicates import Not, both

SCOPED, UNNAMED, OUTSIDE, STAYING = "scoped_rows", "unnamed_rows", "outside_rows", "staying_rows"
GOING = f"{KEYS}_going"


@dataclass(frozen=True, kw_only=True)
class Going:
    """What was found, whose rows are in the workbench."""

    reach: Reach
    rows: Mapping[str, int]
    """How many go, by entity."""
    last: frozenset[str]
    """The entities whose rows go when all else is written."""
    radii: Mapping[str, Radius]
    """By the mirrored entities."""

    def table_of(self, entity: Entity) -> Table | None:
        """None: all of its rows stay."""
        return self.reach.tables[entity.name] if self.rows.get(entity.name) else None

    def before(self, entity: Entity) -> Table | None:
        """The same of rows that go before others change."""
        return None if entity.name in self.last else self.table_of(entity)

    def told(self, decided: Decided, entity: Entity) -> Decided:
        """With what goes besides."""
        radius = self.radii.get(entity.name)
        if radius is None:
            return decided
        return replace(decided, radius=radius, digest=f"{decided.digest} {radius.digest}")


def without_rows(work: Work, table: str, columns: Sequence[str], going: Table) -> None:
    """Leave those out that go; their keys are the first of the columns, called as there."""
    bench, width = work.bench, len(going.key)
    names = [*going.key_names, *columns[width:]]
    bench.keep_new(STAYING, table, columns, names=names, key=width, but=[going.going], anew=True)
    bench.keep_new(table, STAYING, names, names=columns, key=0, anew=True)


def walking(works: Sequence[Work], target: Target) -> Walk | None:
    """None: nothing is to be deleted."""
    mirrored = [work.prepared.entity for work in works if work.prepared.request.mode is Mode.MIRROR]
    if not mirrored:
        return None
    reach = reach_of(works[0].run.catalog, mirrored)
    walk = Walk(works={work.prepared.entity.name: work for work in works}, target=target, reach=reach)
    _begin(walk)
    return walk


def _begin(walk: Walk) -> None:
    """Empty tables: another attempt may have left some."""
    for table in walk.reach.tables.values():
        walk.take(FOUND, table.names, ())
        for name in (table.going, table.emptied, table.held):
            walk.bench.keep_new(name, FOUND, table.names, key=len(table.key), anew=True)
        if table.key:
            walk.bench.keep_new(table.known, FOUND, table.key_names, key=len(table.key), anew=True)


def take_named(walk: Walk, work: Work) -> None:
    """Right after the rows were found that the records of a table meet."""
    entity = work.prepared.entity
    table, is_empty = walk.reach.tables.get(entity.name), walk.target.is_empty(entity)
    if table is not None and table.key and work.prepared.matching.key and not is_empty:
        _take_known(walk, work, table)
    if work.prepared.request.mode is Mode.MIRROR:
        _take_outside(walk, work, is_empty=is_empty)


def leaving(walk: Walk) -> Going:
    """After the rows were found that all records name."""
    for work, table in walk.mirrored():
        if not walk.target.is_empty(table.entity):
            _take_unnamed(walk, work, table)
    follow(walk)
    look_around(walk)
    wait(walk)
    return Going(reach=walk.reach, rows=walk.going, last=frozenset(walk.last), radii=told(walk))


def _take_unnamed(walk: Walk, work: Work, root: Table) -> None:
    """Only what is read by its key is locked, and as it is now."""
    target, entity, bench = walk.target, root.entity, walk.bench
    scope, width = scope_of(work.prepared), len(root.key)
    work.run.reporter.phase(f"Looking for rows of {entity.title} that the file does not name")
    rows = walk.take(SCOPED, root.key_names, target.rows(entity, columns(entity, root.key), where=scope))
    unnamed = bench.keep_new(UNNAMED, SCOPED, root.key_names, key=width, but=[root.known], anew=True)
    target.keep_keys(GOING, entity, root.key, bench.give(UNNAMED, root.key_names, null=target.null))
    found = target.matching(GOING, entity, root.key, columns(entity, root.fields), where=scope)
    walk.take(FOUND, root.names, found)
    walk.scopes[entity.name], walk.unnamed[entity.name] = rows, unnamed
    walk.going[entity.name] = bench.keep_new(root.going, FOUND, root.names, key=width)
    if unnamed > walk.going[entity.name]:
        walk.keyless.add(entity.name)  # SQLite lets primary keys be NULL


def _take_known(walk: Walk, work: Work, table: Table) -> None:
    """The keys of the rows that records met."""
    prepared = work.prepared
    key = prepared.named(prepared.matching.key)
    known = {name: f"k{at}" for at, name in enumerate(key)}
    known |= {name: f"b{at}" for at, name in enumerate(prepared.named(prepared.matching.compared))}
    if known.keys() >= set(table.key):
        names, part = [known[name] for name in table.key], prepared.part
        walk.bench.keep_new(table.known, "existing", names, key=len(table.key), anew=True, part=part)
        return
    entity, inside = prepared.entity, prepared.inside(prepared.entity)
    found = walk.target.matching(KEYS, entity, key, columns(entity, table.key), where=inside)
    walk.take(table.known, table.key_names, found)


def _take_outside(walk: Walk, work: Work, *, is_empty: bool) -> None:
    """The records whose row is there, but not in the scope."""
    prepared, where = work.prepared, filtered(work.prepared)
    take(OUTSIDE, [RECORD], (), work)
    if where is not None and not is_empty:
        entity, key = prepared.entity, prepared.named(prepared.matching.key)
        others = both(prepared.inside(entity), Not(where))
        take(OUTSIDE, [RECORD], walk.target.matching(KEYS, entity, key, (), numbered=True, where=others), work)
