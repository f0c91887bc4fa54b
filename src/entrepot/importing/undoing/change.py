"""The changes that take a job back, and the journal of them."""

from __future__ import annotations

from entrepot.importing.changes import Look, has_all_that_is_sent, same, stored
from entrepot.importing.journal import JournalWriter
from entrepot.importing.undoing.job import Undoing
from entrepot.model.changes import Target
from entrepot.model.journals import BEFORE, Part
from entrepot.model.triggers import Event
from entrepot.model.undoing import BackPart, UndoPlan


def change(undoing: Undoing, plan: UndoPlan, target: Target, journal: JournalWriter) -> None:
    """First what goes, so that its keys are free for what comes back."""
    undoing.run.reporter.begin(undoing.entity.title, plan.changes)
    ways = {Part.CREATED: _delete, Part.UPDATED: _restore, Part.REMOVED: _reinsert}
    counts = {Part.CREATED: plan.deleted, Part.UPDATED: plan.restored, Part.REMOVED: plan.reinserted}
    for part in sorted(undoing.parts, key=lambda part: list(ways).index(part.part)):
        if counts[part.part]:
            same(ways[part.part](undoing, part, target, journal), counts[part.part], "taken back")


def _delete(undoing: Undoing, part: BackPart, target: Target, journal: JournalWriter) -> int:
    key = tuple(part.columns[at] for at in part.key)
    journal.found_by(Part.REMOVED, key)
    journal.keep(Part.REMOVED, part.columns, target.null, undoing.bench.back(part, part.names, null=target.null))
    rows = undoing.bench.back(part, part.named(part.key), null=target.null)
    return target.delete(undoing.entity, key, rows)


def _restore(undoing: Undoing, part: BackPart, target: Target, journal: JournalWriter) -> int:
    key = tuple(part.columns[at] for at in part.key)
    others = [at for at in range(len(part.columns)) if at not in part.key]
    order = (*part.key, *others)
    names = tuple(part.columns[at] for at in order)
    journal.found_by(Part.UPDATED, key)
    left = [f"c{at}" for at in part.key] + [f"a{at}" for at in others]
    journal.keep(BEFORE, names, target.null, undoing.bench.back(part, left, null=target.null))
    rows = undoing.bench.back(part, part.named(order), null=target.null)
    plainly = has_all_that_is_sent(undoing.entity, names, Event.UPDATE)
    if plainly:
        rows = journal.kept(Part.UPDATED, names, target.null, rows)
    count = target.update(undoing.entity, key, names[len(key) :], rows)
    if not plainly:
        look = Look(entity=undoing.entity, key=key, names=names, target=target, journal=journal)
        look.at(Part.UPDATED, undoing.bench.back(part, part.named(part.key), null=target.null))
    return count


def _reinsert(undoing: Undoing, part: BackPart, target: Target, journal: JournalWriter) -> int:
    entity, given, key = undoing.entity, part.columns, tuple(part.columns[at] for at in part.key)
    names = (*given, *(name for name in stored(entity) if name not in given))
    journal.found_by(Part.CREATED, key)
    rows = undoing.bench.back(part, part.names, null=target.null)
    plainly = names == given and has_all_that_is_sent(entity, names, Event.INSERT)
    if plainly:
        rows = journal.kept(Part.CREATED, given, target.null, rows)
    count = target.insert(entity, given, rows)
    if not plainly:
        look = Look(entity=entity, key=key, names=names, target=target, journal=journal)
        look.at(Part.CREATED, undoing.bench.back(part, part.named(part.key), null=target.null))
    target.settle_counters(entity)
    return count
