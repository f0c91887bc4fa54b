"""The changes of an import, and what its journal keeps of them."""

from __future__ import annotations

from collections.abc import Iterable

from entrepot.importing.journal import JournalWriter
from entrepot.importing.match import KEYS, columns
from entrepot.importing.request import Work
from entrepot.model.catalog import COMPUTED, Entity
from entrepot.model.changes import Target
from entrepot.model.drafts import Decision, What
from entrepot.model.errors import BugError, InputError
from entrepot.model.journals import BEFORE, Part
from entrepot.model.plans import ImportPlan

MADE = "entrepot_made"


def change(work: Work, plan: ImportPlan, target: Target, journal: JournalWriter) -> None:
    entity, updated, created = work.prepared.entity, plan.counts[Decision.UPDATED], plan.counts[Decision.CREATED]
    work.run.reporter.begin(entity.title, updated + created)
    if updated:
        update(work, plan, target, journal)
    if created:
        create(work, plan, target, journal)
        target.settle_counters(entity)


def update(work: Work, plan: ImportPlan, target: Target, journal: JournalWriter) -> None:
    entity, names = work.prepared.entity, (*plan.key, *plan.compared)
    journal.found_by(Part.UPDATED, plan.key)
    journal.keep(BEFORE, names, target.null, work.emit(What.BEFORE, target))
    rows = work.emit(What.UPDATED, target)
    plainly = changes_nothing_else(entity, names)
    if plainly:
        rows = journal.kept(Part.UPDATED, names, target.null, rows)
    same(target.update(entity, plan.key, plan.compared, rows), plan.counts[Decision.UPDATED], "updated")
    if not plainly:
        found = target.matching(KEYS, entity, plan.key, columns(entity, names))
        journal.keep(Part.UPDATED, names, "", (chunk.data for chunk in found))


def create(work: Work, plan: ImportPlan, target: Target, journal: JournalWriter) -> None:
    """Rows whose key the database gives out are asked for it; those of which it may have made something else than
    what it was given are read again."""
    entity, key = work.prepared.entity, identity(work.prepared.entity)
    journal.found_by(Part.CREATED, key)
    count = plan.counts[Decision.CREATED]
    brought = {field.name for field in work.prepared.fields if field.required or field.constant is not None}
    if not key:
        journal.forgotten += count
        same(target.insert(entity, plan.fields, work.emit(What.CREATED, target)), count, "created")
    elif not brought.issuperset(key):
        ask_for_keys(work, plan, target, journal)
    elif set(plan.fields) == set(stored(entity)) and changes_nothing_else(entity, plan.fields):
        kept = journal.kept(Part.CREATED, plan.fields, target.null, work.emit(What.CREATED, target))
        same(target.insert(entity, plan.fields, kept), count, "created")
    else:
        same(target.insert(entity, plan.fields, work.emit(What.CREATED, target)), count, "created")
        numbers = tuple(plan.fields.index(name) for name in key)
        read_again(work, target, journal, work.emit(What.CREATED, target, columns=numbers))


def ask_for_keys(work: Work, plan: ImportPlan, target: Target, journal: JournalWriter) -> None:
    """In the order of the records, one for each."""
    entity, key = work.prepared.entity, identity(work.prepared.entity)
    rows = work.emit(What.CREATED, target)
    found = target.insert_returning(entity, plan.fields, rows, key)
    count = plan.counts[Decision.CREATED]
    try:
        with work.bench.take(MADE, key) as taken:
            for chunk in found:
                work.run.cancel.check()
                taken.write(chunk.data)
            same(taken.finish(), count, "created")
    except InputError as error:
        if error.code != "no_returning":
            raise
        journal.forgotten += count
        same(target.insert(entity, plan.fields, work.emit(What.CREATED, target)), count, "created")
        return
    read_again(work, target, journal, work.bench.give(MADE, key, null=target.null))


def read_again(work: Work, target: Target, journal: JournalWriter, keys: Iterable[bytes]) -> None:
    """Rows as the database has them now."""
    entity, key = work.prepared.entity, identity(work.prepared.entity)
    names = stored(entity)
    target.keep_keys(MADE, entity, key, keys)
    found = target.matching(MADE, entity, key, columns(entity, names))
    journal.keep(Part.CREATED, names, "", (chunk.data for chunk in found))


def identity(entity: Entity) -> tuple[str, ...]:
    """The fields by which a row is found for sure; none: it cannot be."""
    if entity.primary_key:
        return entity.primary_key
    whole = (key.fields for key in entity.keys if not any(entity.field(name).nullable for name in key.fields))
    return next(whole, ())


def stored(entity: Entity) -> tuple[str, ...]:
    return tuple(field.name for field in entity.fields if field.origin not in COMPUTED)


def changes_nothing_else(entity: Entity, names: Iterable[str]) -> bool:
    """Whether the rows have what was sent, without a look: no type stores something else."""
    return all(entity.field(name).lossless for name in names)


def same(found: int, planned: int, what: str) -> None:
    """Nothing was committed yet."""
    if found != planned:
        raise BugError(
            "rows_lost",
            f"{planned:,} rows were to be {what}, and the database says {found:,}. Nothing was written.",
            remedy="Please report it, with the table's definition and triggers.",
        )
