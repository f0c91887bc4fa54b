"""The new rows of an import, and what its journal keeps of them."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from entrepot.importing.asking import columns
from entrepot.importing.journal import BLOCK, JournalWriter
from entrepot.importing.request import Work
from entrepot.importing.spelling import is_kept_as_sent
from entrepot.model.catalog import COMPUTED, Entity
from entrepot.model.changes import Target
from entrepot.model.drafts import Decision, TargetField
from entrepot.model.errors import BugError, InputError
from entrepot.model.journals import Part
from entrepot.model.matching import What
from entrepot.model.plans import ImportPlan
from entrepot.model.predicates import Predicate
from entrepot.model.templates import Chunk
from entrepot.model.triggers import Event, firing
from entrepot.model.types import Kind
from entrepot.storage.faults import storing

MADE = "entrepot_made"


def create(work: Work, plan: ImportPlan, target: Target, journal: JournalWriter) -> None:
    """Rows that leave the same fields to the database together: it has values for them, and no NULL."""
    journal.found_by(Part.CREATED, identity(work.prepared.entity))
    made = sum(create_some(part, journal) for part in parts_of(work, plan, target))
    same(made, plan.counts[Decision.CREATED], "created")


def parts_of(work: Work, plan: ImportPlan, target: Target) -> list[Rows]:
    fields = tuple(name for name in plan.fields if name not in work.prepared.held)
    if not plan.defaulted:
        return [Rows(work=work, target=target, fields=fields)]
    return [
        Rows(work=work, target=target, fields=tuple(f for f in fields if f not in defaulted), number=number)
        for number, defaulted in enumerate(plan.defaulted, start=1)
    ]


@dataclass(frozen=True, kw_only=True)
class Rows:
    """Rows to be created that are given the same fields."""

    work: Work
    target: Target
    fields: tuple[str, ...]
    number: int = 0
    """As `What.CREATED` counts them."""

    @property
    def entity(self) -> Entity:
        return self.work.prepared.entity

    def emit(self, columns: tuple[int, ...] | None = None) -> Generator[bytes]:
        if columns is None and self.work.prepared.held:
            columns = tuple(self.work.prepared.names.index(name) for name in self.fields)
        return self.work.emit(What.CREATED, self.target, self.number, columns)

    def insert(self, rows: Iterable[bytes]) -> int:
        return self.target.insert(self.entity, self.fields, rows)

    def bring(self, key: Iterable[str]) -> bool:
        """Whether every row has its key from the file."""
        fields = self.work.prepared.fields
        brought = {field.name for field in fields if field.required or field.constant is not None}
        return brought.intersection(self.fields).issuperset(key)


def create_some(rows: Rows, journal: JournalWriter) -> int:
    """Rows whose key the database gives out are asked for it; those of which it may have made something else than
    what it was given are read again. How many."""
    key = identity(rows.entity)
    if rows.work.prepared.held:
        return rows.insert(rows.emit())  # the journal has them as they are in the end
    if key and not rows.bring(key):
        return ask_for_keys(rows, journal)
    whole = set(rows.fields) == set(stored(rows.entity))
    if key and whole and has_what_was_sent(rows.work, rows.fields, Event.INSERT):
        return rows.insert(journal.kept(Part.CREATED, rows.fields, rows.target.null, rows.emit()))
    count = rows.insert(rows.emit())
    if key:
        numbers = tuple(rows.work.prepared.names.index(name) for name in key)
        read_again(rows.work, rows.target, journal, rows.emit(numbers), count)
    else:
        journal.forgotten += count
    return count


def ask_for_keys(rows: Rows, journal: JournalWriter) -> int:
    """In the order of the records, one for each. They wait in a file, because the workbench cannot take them while it
    gives out the rows."""
    work, key = rows.work, identity(rows.entity)
    file = work.run.work / MADE
    try:
        write_down(file, rows.target.insert_returning(rows.entity, rows.fields, rows.emit(), key), work)
    except InputError as error:
        if error.code != "no_returning":
            raise
        count = rows.insert(rows.emit())
        journal.forgotten += count
        return count
    with work.bench.take(MADE, key) as taken:
        with storing(file), file.open("rb") as written:
            for block in iter(lambda: written.read(BLOCK), b""):
                taken.write(block)
        count = taken.finish()
    read_again(work, rows.target, journal, work.bench.give(MADE, key, null=rows.target.null), count)
    return count


def write_down(path: Path, rows: Iterable[Chunk], work: Work) -> None:
    with storing(path), path.open("wb", buffering=BLOCK) as file:
        for chunk in rows:
            work.run.cancel.check()
            file.write(chunk.data)


def read_again(work: Work, target: Target, journal: JournalWriter, keys: Iterable[bytes], count: int) -> None:
    """Rows as the database has them now. Of so many, those with a NULL in their key are not found again."""
    work.run.reporter.phase(f"Reading the new rows of {work.prepared.entity.title} for the journal")
    entity, given = work.prepared.entity, work.prepared.names
    names = (*given, *(name for name in stored(entity) if name not in given))
    look = Look(entity=entity, key=identity(entity), names=names, target=target, journal=journal)
    found = look.at(Part.CREATED, keys)
    if any(entity.field(name).nullable for name in identity(entity)):
        journal.forgotten += max(0, count - found)


@dataclass(frozen=True, kw_only=True)
class Look:
    """At rows as the database has them, for the journal."""

    entity: Entity
    key: Sequence[str]
    names: Sequence[str]
    target: Target
    journal: JournalWriter
    where: Predicate | None = None
    """What they satisfy besides; None: nothing."""

    def at(self, section: str, keys: Iterable[bytes]) -> int:
        """How many there are."""
        self.target.keep_keys(MADE, self.entity, self.key, keys)
        return self.again(section)

    def again(self, section: str) -> int:
        """At the same ones."""
        wanted = columns(self.entity, self.names)
        found = self.target.matching(MADE, self.entity, self.key, wanted, where=self.where)
        counts: list[int] = []
        self.journal.keep(section, self.names, "", _counted(found, counts))
        return sum(counts)


def _counted(chunks: Iterable[Chunk], counts: list[int]) -> Iterator[bytes]:
    for chunk in chunks:
        counts.append(chunk.rows)
        yield chunk.data


def identity(entity: Entity) -> tuple[str, ...]:
    """The fields by which a row is found for sure; none: it cannot be."""
    if entity.primary_key:
        return entity.primary_key
    whole = (key.fields for key in entity.keys if not any(entity.field(name).nullable for name in key.fields))
    return next(whole, ())


def stored(entity: Entity) -> tuple[str, ...]:
    return tuple(field.name for field in entity.fields if field.origin not in COMPUTED)


def changed_besides(entity: Entity) -> tuple[str, ...]:
    """What an update may change without being told: anything, by a trigger, or moments that the database keeps."""
    if any(firing(entity.triggers, [Event.UPDATE])):
        return stored(entity)
    return tuple(name for name in stored(entity) if entity.field(name).on_update)


def has_all_that_is_sent(entity: Entity, names: Iterable[str], event: Event) -> bool:
    """Whatever that is: no trigger makes something else of it, and no type."""
    return not any(firing(entity.triggers, [event])) and all(is_kept_as_sent(entity.field(name)) for name in names)


def has_what_was_sent(work: Work, names: Iterable[str], event: Event) -> bool:
    """Without a look: no trigger can have made something else of it, and types only pad texts, of which none needs
    it."""
    fields, entity = work.prepared.fields, work.prepared.entity
    lossy = [at for at, it in enumerate(fields) if it.name in names and not is_kept_as_sent(entity.field(it.name))]
    if any(firing(entity.triggers, [event])) or not all(is_padded(entity, fields[at]) for at in lossy):
        return False
    return not lossy or not work.bench.short(fields, lossy)


def is_padded(entity: Entity, field: TargetField) -> bool:
    is_sized = field.type.kind is Kind.TEXT and field.type.length is not None
    return is_sized and not is_kept_as_sent(entity.field(field.name))


def same(found: int, planned: int, what: str) -> None:
    """Nothing was committed yet."""
    if found != planned:
        raise BugError(
            "rows_lost",
            f"{planned:,} rows were to be {what}, and the database says {found:,}. Nothing was written.",
            remedy="Please report it, with the table's definition and triggers.",
        )
