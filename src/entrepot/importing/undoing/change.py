"""The changes that take a job back, and the journals of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from entrepot.importing.asking import columns
from entrepot.importing.changes import Look, has_all_that_is_sent, stored
from entrepot.importing.journal import JournalWriter
from entrepot.importing.undoing.job import Undoing
from entrepot.importing.undoing.orders import PREPARING, Step, Way
from entrepot.importing.undoing.rings import pulled_along
from entrepot.model.changes import Target
from entrepot.model.journals import BEFORE, Part
from entrepot.model.triggers import Event

GOING = "entrepot_going"


class UndoJournals:
    """One for each entity, so that an undo can be taken back like any other job."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder, self._name = folder, name
        self._writers: dict[str, JournalWriter] = {}

    def of(self, entity: str) -> JournalWriter:
        if entity not in self._writers:
            path = self._folder / f"{self._name} {len(self._writers):d}"
            self._writers[entity] = JournalWriter(path, entity)
        return self._writers[entity]

    @property
    def written(self) -> tuple[JournalWriter, ...]:
        return tuple(self._writers.values())


def change(undoing: Undoing, steps: Sequence[Step], target: Target, journals: UndoJournals) -> int:
    """How many rows became what they were."""
    done = 0
    for step in steps:
        count = carry_out(undoing, step, target, journals)
        done += 0 if step.way in PREPARING else count
    back = {step.part.entity for step in steps if step.part.part is Part.REMOVED}
    for entity in undoing.changed:
        if entity.name in back:
            target.settle_counters(entity)
    return done


def carry_out(undoing: Undoing, step: Step, target: Target, journals: UndoJournals) -> int:
    """How many rows were changed by this step."""
    undoing.run.cancel.check()
    return DOING[step.way](undoing, step, target, journals.of(step.part.entity))


def _rows(undoing: Undoing, step: Step, columns: Sequence[str], target: Target) -> Iterator[bytes]:
    return undoing.bench.back(step.part, columns, null=target.null, span=step.span)


def _key(step: Step) -> tuple[str, ...]:
    return tuple(step.part.columns[at] for at in step.part.key)


def _keys(undoing: Undoing, step: Step, target: Target) -> Iterator[bytes]:
    return _rows(undoing, step, step.part.named(step.part.key), target)


def _delete(undoing: Undoing, step: Step, target: Target, journal: JournalWriter) -> int:
    part, key = step.part, _key(step)
    journal.found_by(Part.REMOVED, key)
    journal.keep(Part.REMOVED, part.columns, target.null, _rows(undoing, step, part.names, target))
    entity = undoing.entity(part)
    if not pulled_along(undoing.run.catalog, entity):
        return target.delete(entity, key, _keys(undoing, step, target))
    asked = target.keep_keys(GOING, entity, key, _keys(undoing, step, target))
    target.delete(entity, key, _keys(undoing, step, target))
    there = target.matching(GOING, entity, key, columns(entity, key))
    return asked - sum(chunk.rows for chunk in there)


def _restore(undoing: Undoing, step: Step, target: Target, journal: JournalWriter) -> int:
    part, entity, key = step.part, undoing.entity(step.part), _key(step)
    others = [at for at in range(len(part.columns)) if at not in part.key]
    order = (*part.key, *others)
    names = tuple(part.columns[at] for at in order)
    journal.found_by(Part.UPDATED, key)
    left = [f"c{at}" for at in part.key] + [f"a{at}" for at in others]
    journal.keep(BEFORE, names, target.null, _rows(undoing, step, left, target))
    rows = _rows(undoing, step, part.named(order), target)
    plainly = has_all_that_is_sent(entity, names, Event.UPDATE)
    if plainly:
        rows = journal.kept(Part.UPDATED, names, target.null, rows)
    count = target.update(entity, key, names[len(key) :], rows)
    if not plainly:
        look = Look(entity=entity, key=key, names=names, target=target, journal=journal)
        look.at(Part.UPDATED, _keys(undoing, step, target))
    return count


def _reinsert(undoing: Undoing, step: Step, target: Target, journal: JournalWriter) -> int:
    part, entity = step.part, undoing.entity(step.part)
    rows = _rows(undoing, step, part.names, target)
    plainly = _is_whole(undoing, step) and has_all_that_is_sent(entity, part.columns, Event.INSERT)
    if plainly:
        journal.found_by(Part.CREATED, _key(step))
        rows = journal.kept(Part.CREATED, part.columns, target.null, rows)
    count = target.insert(entity, part.columns, rows)
    if not plainly:
        _keep_created(undoing, step, target, journal)
    return count


def _is_whole(undoing: Undoing, step: Step) -> bool:
    return set(step.part.columns).issuperset(stored(undoing.entity(step.part)))


def _keep_created(undoing: Undoing, step: Step, target: Target, journal: JournalWriter) -> None:
    """As the database has them now."""
    entity, given = undoing.entity(step.part), step.part.columns
    names = (*given, *(name for name in stored(entity) if name not in given))
    journal.found_by(Part.CREATED, _key(step))
    look = Look(entity=entity, key=_key(step), names=names, target=target, journal=journal)
    look.at(Part.CREATED, _keys(undoing, step, target))


def _untie(undoing: Undoing, step: Step, target: Target, _journal: JournalWriter) -> int:
    """What they referred to is in the journal when they are deleted."""
    rows = _rows(undoing, step, (*step.part.named(step.part.key), *("" for _ in step.fields)), target)
    return target.update(undoing.entity(step.part), _key(step), step.fields, rows)


def _bring(undoing: Undoing, step: Step, target: Target, _journal: JournalWriter) -> int:
    part = step.part
    names = ["" if column in step.fields else name for column, name in zip(part.columns, part.names, strict=True)]
    return target.insert(undoing.entity(part), part.columns, _rows(undoing, step, names, target))


def _tie(undoing: Undoing, step: Step, target: Target, journal: JournalWriter) -> int:
    part = step.part
    rows = _rows(undoing, step, part.named((*part.key, *part.numbers(step.fields))), target)
    count = target.update(undoing.entity(part), _key(step), step.fields, rows)
    _keep_created(undoing, step, target, journal)
    return count


Doing = Callable[[Undoing, Step, Target, JournalWriter], int]
DOING: Mapping[Way, Doing] = {
    Way.DELETE: _delete,
    Way.RESTORE: _restore,
    Way.REINSERT: _reinsert,
    Way.UNTIE: _untie,
    Way.BRING: _bring,
    Way.TIE: _tie,
}
