"""The journal's part that is kept while the database has something else to do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Event

import pytest

from entrepot.importing.journal import JournalWriter, section_rows
from entrepot.model.errors import StorageError
from entrepot.model.journals import BEFORE, Part


def test_whoever_wants_the_facts_waits_for_what_is_kept_beside(tmp_path: Path) -> None:
    go_on = Event()

    def rows() -> Iterator[bytes]:
        assert go_on.wait(60)
        yield b"1,new\n"

    with closing(JournalWriter(tmp_path / "journal", "things")) as journal:
        journal.keep(BEFORE, ("id", "name"), "", [b"1,old\n"])
        journal.keep_beside(Part.UPDATED, ("id", "name"), "", rows())
        go_on.set()
        sections = {section.name: section for section in journal.facts.sections}
    with (tmp_path / "journal").open("rb") as file:
        told = {name: b"".join(section_rows(file, section)) for name, section in sections.items()}
    assert told == {BEFORE: b"1,old\n", Part.UPDATED: b"1,new\n"}


def test_what_could_not_be_kept_beside_is_said_to_whoever_wants_the_facts(tmp_path: Path) -> None:
    with closing(JournalWriter(tmp_path / "nowhere" / "journal", "things")) as journal:
        journal.keep_beside(Part.CREATED, ("id",), "", [b"1\n"])
        with pytest.raises(StorageError):
            _ = journal.facts


def test_a_journal_that_is_closed_is_written_to_no_more(tmp_path: Path) -> None:
    ended = Event()

    def rows() -> Iterator[bytes]:
        yield b"1\n"
        ended.set()

    journal = JournalWriter(tmp_path / "journal", "things")
    journal.keep_beside(Part.CREATED, ("id",), "", rows())
    journal.close()
    assert ended.is_set()
