"""The changes that take a job back, and the journal of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from entrepot.importing.changes import Look, has_all_that_is_sent, stored
from entrepot.importing.journal import JournalWriter
from entrepot.importing.undoing.job import Undoing
from entrepot.model.changes import Target
from entrepot.model.journals import BEFORE, Part
from entrepot.model.matching import Span
from entrepot.model.triggers import Event
from entrepot.model.undo_plans import UndoPlan
from entrepot.model.undoing import BackPart


@dataclass(frozen=True, kw_only=True)
class Step:
    """Rows that are taken back at once."""

    part: BackPart
    span: Span | None = None
    """As they were lined up; None: all of the part."""


ORDERS = (
    (Part.CREATED, Part.UPDATED, Part.REMOVED),
    (Part.UPDATED, Part.CREATED, Part.REMOVED),
    (Part.CREATED, Part.REMOVED, Part.UPDATED),
)
"""First what goes, so that its keys are free for what comes back; or what refers to it; or what others refer to."""


def counts(plan: UndoPlan) -> dict[Part, int]:
    return {Part.CREATED: plan.deleted, Part.UPDATED: plan.restored, Part.REMOVED: plan.reinserted}


def in_order(undoing: Undoing, plan: UndoPlan, order: Sequence[Part] = ORDERS[0]) -> tuple[BackPart, ...]:
    """The parts of which rows are taken back."""
    there = (part for part in undoing.parts if counts(plan)[part.part])
    return tuple(sorted(there, key=lambda part: order.index(part.part)))


def at_once(undoing: Undoing, plan: UndoPlan) -> list[list[Step]]:
    """Each order in which whole parts can be taken back."""
    orders = dict.fromkeys(in_order(undoing, plan, order) for order in ORDERS)
    return [[Step(part=part) for part in parts] for parts in orders]


def change(undoing: Undoing, steps: Sequence[Step], target: Target, journal: JournalWriter) -> int:
    """How many rows there were."""
    ways = {Part.CREATED: _delete, Part.UPDATED: _restore, Part.REMOVED: _reinsert}
    count = sum(ways[step.part.part](undoing, step, target, journal) for step in steps)
    if any(step.part.part is Part.REMOVED for step in steps):
        target.settle_counters(undoing.entity)
    return count


def _rows(undoing: Undoing, step: Step, columns: Sequence[str], target: Target) -> Iterator[bytes]:
    return undoing.bench.back(step.part, columns, null=target.null, span=step.span)


def _delete(undoing: Undoing, step: Step, target: Target, journal: JournalWriter) -> int:
    part = step.part
    key = tuple(part.columns[at] for at in part.key)
    journal.found_by(Part.REMOVED, key)
    journal.keep(Part.REMOVED, part.columns, target.null, _rows(undoing, step, part.names, target))
    return target.delete(undoing.entity, key, _rows(undoing, step, part.named(part.key), target))


def _restore(undoing: Undoing, step: Step, target: Target, journal: JournalWriter) -> int:
    part = step.part
    key = tuple(part.columns[at] for at in part.key)
    others = [at for at in range(len(part.columns)) if at not in part.key]
    order = (*part.key, *others)
    names = tuple(part.columns[at] for at in order)
    journal.found_by(Part.UPDATED, key)
    left = [f"c{at}" for at in part.key] + [f"a{at}" for at in others]
    journal.keep(BEFORE, names, target.null, _rows(undoing, step, left, target))
    rows = _rows(undoing, step, part.named(order), target)
    plainly = has_all_that_is_sent(undoing.entity, names, Event.UPDATE)
    if plainly:
        rows = journal.kept(Part.UPDATED, names, target.null, rows)
    count = target.update(undoing.entity, key, names[len(key) :], rows)
    if not plainly:
        look = Look(entity=undoing.entity, key=key, names=names, target=target, journal=journal)
        look.at(Part.UPDATED, _rows(undoing, step, part.named(part.key), target))
    return count


def _reinsert(undoing: Undoing, step: Step, target: Target, journal: JournalWriter) -> int:
    part, entity = step.part, undoing.entity
    given, key = part.columns, tuple(part.columns[at] for at in part.key)
    names = (*given, *(name for name in stored(entity) if name not in given))
    journal.found_by(Part.CREATED, key)
    rows = _rows(undoing, step, part.names, target)
    plainly = names == given and has_all_that_is_sent(entity, names, Event.INSERT)
    if plainly:
        rows = journal.kept(Part.CREATED, given, target.null, rows)
    count = target.insert(entity, given, rows)
    if not plainly:
        look = Look(entity=entity, key=key, names=names, target=target, journal=journal)
        look.at(Part.CREATED, _rows(undoing, step, part.named(part.key), target))
    return count
