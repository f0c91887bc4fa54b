"""Staging a dump, and looking at all that came of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from entrepot.model.drafts import Reading, SourceTable, Staged
from entrepot.model.errors import InputError
from entrepot.workbench.reading.sql.opening import dump_of
from entrepot.workbench.reading.sql.places import cells
from entrepot.workbench.reading.sql.stage import stage_sql, staged
from entrepot.workbench.reading.sql.tables import tables
from entrepot.workbench.source import Database

Rows = list[Sequence[object]]


@dataclass(frozen=True, kw_only=True)
class Stager:
    database: Database
    folder: Path

    def stage(self, data: bytes | str, table: str | None = None, encoding: str | None = None) -> Staged:
        return stage_sql(self.database, self.file(data), Reading(entity=table, encoding=encoding))

    def file(self, data: bytes | str) -> Path:
        path = self.folder / "given.sql"
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        return path

    def values(self, data: bytes | str, table: str | None = None) -> Rows:
        """Of all records, in order."""
        self.stage(data, table)
        return [row[1:] for row in self.rows("SELECT * FROM staged ORDER BY record")]

    def carefully(self, data: bytes | str) -> Rows:
        """The same, with every row looked at by itself."""
        dump = dump_of(self.file(data), Reading(), 1 << 20)
        staged(self.database, dump, Reading(), (), careful=True)
        return [row[1:] for row in self.rows("SELECT * FROM staged ORDER BY record")]

    def refused(self, data: bytes | str, table: str | None = None) -> InputError:
        with pytest.raises(InputError) as caught:
            self.stage(data, table)
        assert not self.rows("SELECT table_name FROM information_schema.tables")
        return caught.value

    def rejected(self) -> Rows:
        return self.rows('SELECT record, "at", code, value FROM rejected ORDER BY record')

    def tables(self, data: bytes | str) -> list[SourceTable]:
        return list(tables(self.database, self.file(data), Reading()))

    def spots(self, data: bytes, table: str, *wanted: tuple[int, str | None]) -> list[bytes]:
        """What stands in the file where these values are said to be."""
        found = cells(self.file(data), Reading(entity=table), {record: (name,) for record, name in wanted})
        return [data[found[cell].byte or 0 :][:12] for cell in wanted]

    def rows(self, query: str) -> Rows:
        return list(self.database.connection.execute(query).fetchall())
