"""Rows that an undo takes away: what was known of their ids counts no more once it has happened."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from entrepot.importing.journal import section_rows
from entrepot.importing.wanted import Keep
from entrepot.model.journals import JournalFacts, Part
from entrepot.model.records import JobRecord
from entrepot.state import State
from entrepot.storage.faults import reading


def taking_ids(state: State, undo: JobRecord, keep: Keep) -> Keep:
    """With its journal, before the commit."""

    def kept(path: Path, facts: JournalFacts) -> None:
        keep(path, facts)
        identities = state.ledger.identities
        if len(facts.keys.get(Part.REMOVED, ())) == 1 and identities.is_known(undo.database, facts.entity):
            identities.take_away(undo, facts.entity, removed(path, facts))

    return kept


def removed(path: Path, facts: JournalFacts) -> Iterator[str]:
    """The keys of the rows."""
    (key,) = facts.keys[Part.REMOVED]
    with reading(path), path.open("rb") as file:
        for section in facts.sections:
            if section.name == Part.REMOVED:
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
