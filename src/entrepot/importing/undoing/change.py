"""The changes that take a job back, and the journal of them."""

from __future__ import annotations

from entrepot.importing.changes import same
from entrepot.importing.journal import JournalWriter
from entrepot.importing.undoing.job import Undoing
from entrepot.model.changes import Target
from entrepot.model.journals import BEFORE, Part
from entrepot.model.undoing import BackPart, UndoPlan

SHOWN = 100
KEYS = "entrepot_keys"


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
    kept = journal.kept(Part.UPDATED, names, target.null, rows)
    return target.update(undoing.entity, key, names[len(key) :], kept)


def _reinsert(undoing: Undoing, part: BackPart, target: Target, journal: JournalWriter) -> int:
    journal.found_by(Part.CREATED, tuple(part.columns[at] for at in part.key))
    rows = undoing.bench.back(part, part.names, null=target.null)
    kept = journal.kept(Part.CREATED, part.columns, target.null, rows)
    count = target.insert(undoing.entity, part.columns, kept)
    target.settle_counters(undoing.entity)
    return count
