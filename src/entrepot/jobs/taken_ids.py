"""Rows that a job takes away: what was known of their ids counts no more once it has happened, until they come back."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from entrepot.importing.journal import section_rows
from entrepot.importing.wanted import Keep
from entrepot.jobs.source_ids import Marked, elsewhere
from entrepot.model.journals import JournalFacts, Part
from entrepot.model.records import JobRecord
from entrepot.state import State
from entrepot.storage.faults import reading

LONGEST = (1 << 31) - 1
"""Python's reader stops at 128 kB unless it is told otherwise, once for all."""


def taking_ids(state: State, job: JobRecord, keep: Keep, marked: Marked | None = None) -> Keep:
    """With its journal, before the commit. `marked` is asked at once, and only of jobs that may delete rows."""
    others = elsewhere(state, job.database, marked) if marked else frozenset[str]()

    def kept(path: Path, facts: JournalFacts) -> None:
        keep(path, facts)
        identities = state.ledger.identities
        if not identities.is_known(job.database, facts.entity):
            return
        if job.undoes is not None or Part.REMOVED in facts.keys:
            identities.take_away(job, facts.entity, keys_of(path, facts, Part.REMOVED), others)
        if job.undoes is not None:
            identities.bring_back(job, facts.entity, keys_of(path, facts, Part.CREATED))

    return kept


def keys_of(path: Path, facts: JournalFacts, part: Part) -> Iterator[str]:
    """Of the rows; none where they have a key of several fields, or none of them are there."""
    if len(facts.keys.get(part, ())) != 1:
        return
    (key,) = facts.keys[part]
    csv.field_size_limit(max(csv.field_size_limit(), LONGEST))
    with reading(path), path.open("rb") as file:
        for section in facts.sections:
            if section.name == part:
                place = section.columns.index(key)
                yield from (row[place] for row in csv.reader(_lines(section_rows(file, section))))


def _lines(blocks: Iterator[bytes]) -> Iterator[str]:
    """A value may hold ends of lines; then they are put together again."""
    left = b""
    for block in blocks:
        *lines, left = (left + block).split(b"\n")
        yield from (f"{line.decode()}\n" for line in lines)
    if left:
        yield left.decode()
