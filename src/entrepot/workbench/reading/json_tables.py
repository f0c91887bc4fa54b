"""The lists of objects that a JSON file holds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from entrepot.model.drafts import Reading, SourceTable
from entrepot.workbench.reading.json_file import JsonFile
from entrepot.workbench.reading.json_walk import RELATIONSHIPS, Document
from entrepot.workbench.source import Database


def tables(database: Database, path: Path, reading: Reading) -> Iterator[SourceTable]:
    """A document's are counted by reading it once; a list without a name, and a file of lines, are one table."""
    file = JsonFile(path=path, reading=reading, longest_bytes=database.longest_row_bytes)
    with file.window() as view:
        if (reading.format or file.found_format(view)) == "ndjson":
            yield SourceTable(name=None)
            return
        document = Document(window=view, entity=None)
        for _ in document.pieces():
            pass
    if not document.lists:
        yield SourceTable(name=None)
    for name, records in document.lists.items():  # without metadata, ours is known by its end alone
        aside = name == RELATIONSHIPS and document.has_entities and name not in document.declared
        yield SourceTable(name=name, records=records, declared=document.declared.get(name), hidden=aside)
