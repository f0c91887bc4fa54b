"""The journals of a job, read back: their rows go to the workbench, tables of their own for each part."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path

import msgspec

from entrepot.importing.changes import stored
from entrepot.importing.journal import section_rows
from entrepot.model.bench import Bench
from entrepot.model.catalog import Catalog, Entity
from entrepot.model.errors import ChangedError
from entrepot.model.graph import load_order
from entrepot.model.journals import BEFORE, FORM, JournalFacts, Part, Section
from entrepot.model.records import JobRecord, JournalRecord
from entrepot.model.undoing import BackPart
from entrepot.storage.faults import reading

Journals = Sequence[tuple[Path, JournalFacts]]
Known = tuple[tuple[str, ...], tuple[str, ...]]
"""Files, and what lies where in them."""


@dataclass(frozen=True, kw_only=True)
class Journaled:
    """A job that is over, and what its transactions that were committed have kept."""

    job: JobRecord
    journals: Journals
    undone_by: str | None = None
    """Who took it back last."""
    undone: int = 0
    """How often that was done."""
    until: datetime | None = None
    """How long it can be."""

    @property
    def once(self) -> str:
        """What marks the next time: it happens once."""
        return f"{self.job.id}, undo {self.undone + 1}"

    def forgotten(self, entity: str) -> int:
        return sum(facts.forgotten for _, facts in self.journals if facts.entity == entity)


def facts_of(record: JournalRecord) -> JournalFacts:
    """Refused if another Entrepot wrote it otherwise: what is not understood could not be taken back."""
    found = record.facts
    if found.get("form", FORM) != FORM:
        raise _unknown_form(record, f"it has the form {found.get('form')}, and this one knows {FORM}")
    try:
        facts = msgspec.convert(found, JournalFacts)
    except msgspec.ValidationError as error:
        raise _unknown_form(record, str(error)) from error
    unknown = {section.name for section in facts.sections} - {*Part, BEFORE}
    if unknown:
        raise _unknown_form(record, f"it holds {', '.join(sorted(unknown))}")
    return facts


def _unknown_form(record: JournalRecord, fact: str) -> ChangedError:
    return ChangedError(
        "newer_journal",
        f"Another version of Entrepot wrote the journal of {record.job}: {fact}. Nothing was written.",
        remedy="Undo it with that version.",
    )


@dataclass(frozen=True, kw_only=True)
class Loaded:
    entities: tuple[Entity, ...]
    """All that were changed, parents first."""
    parts: tuple[BackPart, ...]
    """What was changed of them: in the order of the entities, each with its number."""


def loaded(journals: Journals, catalog: Catalog, bench: Bench) -> Loaded:
    entities = _entities({facts.entity for _, facts in journals}, catalog)
    numbers = count()
    parts = (part for entity in entities for part in _parts(journals, entity, bench, numbers))
    return Loaded(entities=entities, parts=tuple(parts))


def _entities(names: Collection[str], catalog: Catalog) -> tuple[Entity, ...]:
    if gone := sorted(set(names).difference(catalog.by_name)):
        raise _schema_changed(gone[0], "is not there any more")
    return tuple(catalog.entity(name) for together in load_order(catalog) for name in together if name in names)


def _parts(journals: Journals, entity: Entity, bench: Bench, numbers: Iterator[int]) -> Iterator[BackPart]:
    """Rows of which other fields are known are a part of their own."""
    mine = [(path, facts) for path, facts in journals if facts.entity == entity.name]
    for part in Part:
        for (columns, key), sections in _sections(mine, part, part).items():
            _check(entity, columns)
            made = BackPart(
                number=next(numbers),
                entity=entity.name,
                part=part,
                columns=columns,
                types=tuple(entity.field(name).type for name in columns),
                key=tuple(columns.index(name) for name in key),
                new=tuple(name for name in stored(entity) if name not in columns) if part is Part.CREATED else (),
            )
            _load(bench, made.table("journal"), sections)
            if part is Part.UPDATED:
                _load(bench, made.table("before"), _sections(mine, BEFORE, part)[columns, key])
            yield made


def _sections(journals: Journals, name: str, part: Part) -> dict[Known, list[tuple[Path, Section]]]:
    """By what is known of their rows, and by what they are found."""
    found: dict[Known, list[tuple[Path, Section]]] = {}
    for path, facts in journals:
        for section in facts.sections:
            if section.name == name:
                key = section.key or tuple(facts.keys[part])
                found.setdefault((section.columns, key), []).append((path, section))
    return found


def _load(bench: Bench, table: str, sections: Sequence[tuple[Path, Section]]) -> None:
    """Each section has its own way to write a NULL."""
    for number, (path, section) in enumerate(sections):
        names = [f"c{at}" for at in range(len(section.columns))]
        with (
            bench.take(table, names, section.null, more=number > 0) as taken,
            reading(path),
            path.open("rb") as file,
        ):
            for block in section_rows(file, section):
                taken.write(block)
            taken.finish()


def _check(entity: Entity, columns: Sequence[str]) -> None:
    there = {field.name for field in entity.fields}
    missing = [name for name in columns if name not in there]
    if missing:
        raise _schema_changed(entity.title, f"has no {', '.join(missing)} any more")


def _schema_changed(entity: str, fact: str) -> ChangedError:
    return ChangedError(
        "schema_changed",
        f"Since that job, the table has changed: {entity} {fact}.",
        remedy="Bring the table back to what it was, or correct the rows by another import.",
    )
