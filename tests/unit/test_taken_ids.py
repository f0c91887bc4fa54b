"""The keys of the rows that a job took away are read from its journal, whatever else the rows hold."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from entrepot.importing.journal import JournalWriter
from entrepot.jobs.taken_ids import keys_of
from entrepot.model.journals import Part

PYTHONS = 1 << 17
"""The longest field that Python's reader takes unless it is told otherwise; other tests may have told it."""


@pytest.mark.parametrize("size", [0, PYTHONS + 1])
def test_keys_of_rows_with_long_texts_are_read(size: int, tmp_path: Path) -> None:
    before = csv.field_size_limit(PYTHONS)
    try:
        writer = JournalWriter(tmp_path / "journal", "people")
        writer.found_by(Part.REMOVED, ["id"])
        rows = f'"{"x" * size}\ny",7\n,8\n'.encode()
        writer.keep(Part.REMOVED, ["words", "id"], "", [rows[:5], rows[5:]])
        assert list(keys_of(writer.path, writer.facts, Part.REMOVED)) == ["7", "8"]
        assert list(keys_of(writer.path, writer.facts, Part.CREATED)) == []
    finally:
        csv.field_size_limit(before)
