"""Staging a JSON file, and looking at all that came of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from entrepot.model.drafts import Reading, Staged
from entrepot.model.errors import InputError
from entrepot.workbench.reading.json_stage import stage_json
from entrepot.workbench.source import Database

UNKNOWN = Reading()
Records = list[dict[str, object]]


@dataclass(frozen=True, kw_only=True)
class Stager:
    database: Database
    folder: Path

    def stage(self, data: bytes | str, reading: Reading = UNKNOWN, *, block: int = 1 << 20) -> Staged:
        return stage_json(self.database, self.file(data), reading, block_bytes=block)

    def file(self, data: bytes | str) -> Path:
        path = self.folder / "given.json"
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        return path

    def refused(self, data: bytes | str, reading: Reading = UNKNOWN, *, block: int = 1 << 20) -> InputError:
        with pytest.raises(InputError) as caught:
            self.stage(data, reading, block=block)
        return caught.value

    def records(self, data: bytes | str, reading: Reading = UNKNOWN, *, block: int = 1 << 20) -> Records:
        """What was staged, without the keys that a record lacks."""
        staged = self.stage(data, reading, block=block)
        absent = set(self.rows('SELECT record, "at" FROM absent'))
        return [
            {
                column.name: value
                for at, (column, value) in enumerate(zip(staged.columns, values, strict=True))
                if (number, at) not in absent
            }
            for number, *values in self.rows("SELECT * FROM staged ORDER BY record")
        ]

    def rejected(self) -> list[Sequence[object]]:
        return self.rows('SELECT record, "at", code, value FROM rejected ORDER BY record')

    def rows(self, query: str) -> list[Sequence[object]]:
        return list(self.database.connection.execute(query).fetchall())
