"""Which way rows take into the database. The *shared* lane lets others work with the tables meanwhile. The *exclusive*
one keeps them out, so that references are checked all at once instead of row by row, which is much faster;
it is for whoever asks for it, and told to those who would gain."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from entrepot.importing.request import Run, Work
from entrepot.model.catalog import Entity, Relation
from entrepot.model.changes import ChangingAlone, Target
from entrepot.model.drafts import Decision
from entrepot.model.errors import AccessError, InputError

RAW, MAPPED, EXCLUSIVE = "raw", "mapped", "exclusive"
FEW = 10_000
"""For fewer rows nobody need be kept waiting."""
TIMES = 10
"""All rows of the table are checked at once: with so many times the file's rows in it, little is gained."""


@dataclass(frozen=True, kw_only=True)
class Lane:
    target: Target
    exclusive: bool = False
    moved: tuple[Relation, ...] = ()
    """The foreign keys that are checked all rows at once."""

    def verified(self, relation: Relation) -> str:
        """How a reference was, in words."""
        by = "and by the database, row by row"
        if relation.declared:
            by = "which alone knows of it: the database does not check it"
        elif relation in self.moved:
            by = "and by the database, all rows at once"
        return f"{', '.join(relation.fields)} → {relation.parent}: every value was found before the commit, {by}"


def named(rows: str, *, exclusive: bool) -> str:
    """As plans and receipts have it."""
    return f"{rows}, {EXCLUSIVE}" if exclusive else rows


@contextmanager
def lane_of(work: Work) -> Iterator[Lane]:
    """An open transaction."""
    run, entity = work.run, work.prepared.entity
    engine = alone(run) if work.prepared.request.exclusive else None
    if engine is not None and engine.movable(run.catalog, entity.relations).keys:
        with engine.change_alone(run.catalog, work.entities, run.work, keys=entity.relations) as target:
            yield Lane(target=target, exclusive=True, moved=target.moved)
    else:
        with run.engine.change(run.catalog, work.entities, run.work, write=True) as target:
            yield Lane(target=target)


def alone(run: Run) -> ChangingAlone:
    if not isinstance(run.engine, ChangingAlone):
        raise InputError(
            "no_exclusive_lane",
            f"{run.catalog.engine} cannot take its foreign keys away and bring them back within one transaction.",
            remedy="Leave out --exclusive.",
        )
    return run.engine


def locks(work: Work, counts: Mapping[str, int], target: Target) -> tuple[str, ...]:
    """The tables that others could not use meanwhile, in the exclusive lane that was asked for, or that would pay."""
    run, entity = work.run, work.prepared.entity
    if work.prepared.request.exclusive:
        return alone(run).movable(run.catalog, entity.relations).locked
    if not isinstance(run.engine, ChangingAlone) or not pays(entity, counts, target):
        return ()
    try:
        return run.engine.movable(run.catalog, entity.relations).locked
    except AccessError:
        return ()


def pays(entity: Entity, counts: Mapping[str, int], target: Target) -> bool:
    written = counts[Decision.CREATED] + counts[Decision.UPDATED]
    if written < FEW or all(relation.declared for relation in entity.relations):
        return False
    there = 0 if target.is_empty(entity) else entity.rows_estimate
    return there is not None and there < TIMES * written
