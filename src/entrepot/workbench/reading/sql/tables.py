"""The tables that a dump holds: those with rows, and those that it would create."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from entrepot.model.drafts import Reading, SourceTable
from entrepot.workbench.reading.sql.choosing import counted
from entrepot.workbench.reading.sql.opening import dump_of
from entrepot.workbench.reading.sql.shape import Table
from entrepot.workbench.source import Database


def tables(database: Database, path: Path, reading: Reading) -> Iterator[SourceTable]:
    """All of the file is read for it, so that a broken one is told before anybody chooses."""
    script, counts = counted(dump_of(path, reading, database.longest_row_bytes))
    for title, table in script.found.titles().items():
        yield SourceTable(name=title, columns=columns_of(table), records=counts[title])


def columns_of(table: Table) -> tuple[str, ...]:
    return table.filled or tuple(column.name for column in table.created or () if not column.generated)
