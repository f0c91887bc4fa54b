"""Several tables that nobody else uses meanwhile: their foreign keys are checked when all is written, so that rows may
refer to each other in a circle, whatever their keys say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from entrepot.importing.bundles.circles import late_keys
from entrepot.importing.bundles.members import Member, entities_of
from entrepot.importing.lanes import Lane, alone
from entrepot.importing.request import Run
from entrepot.importing.undoing.referring import KEPT
from entrepot.model.catalog import Relation
from entrepot.model.changes import ChangingAlone, Movable
from entrepot.model.errors import AccessError


def asked_alone(members: Sequence[Member], run: Run) -> Movable:
    if not any(member.work.prepared.request.exclusive for member in members):
        return Movable()
    keys = [key for member in members for key in member.entity.relations if _stands_still(key, members)]
    return alone(run).movable(run.catalog, keys)


def would_wait(key: Relation, members: Sequence[Member], run: Run) -> bool:
    """If it were asked for; which is not to be had together with ids of the files' own."""
    own_ids = any(member.work.prepared.request.own_ids for member in members)
    if own_ids or not isinstance(run.engine, ChangingAlone) or not _stands_still(key, members):
        return False
    try:
        return bool(run.engine.movable(run.catalog, [key]).keys)
    except AccessError:
        return False


def _stands_still(key: Relation, members: Sequence[Member]) -> bool:
    """Nothing hangs on it that would not happen while it is away: rows that follow what they refer to."""
    parent = next((member for member in members if member.entity.name == key.parent), None)
    if key.declared or parent is None or key.on_update in KEPT:
        return not key.declared
    prepared = parent.work.prepared
    return set(prepared.names).difference(prepared.named(prepared.matching.key)).isdisjoint(key.parent_fields)


@contextmanager
def lane_of(members: Sequence[Member], run: Run) -> Iterator[Lane]:
    """An open transaction over all of them."""
    entities = entities_of(members)
    keys = [key for member in members for key in member.moved]
    if keys:
        with alone(run).change_alone(run.catalog, entities, run.work, keys=keys) as target:
            yield Lane(target=target, exclusive=True, moved=target.moved)
    else:
        with run.engine.change(run.catalog, entities, run.work, write=True) as target:
            yield Lane(target=target, moved=late_keys(members, run.engine.writing))
