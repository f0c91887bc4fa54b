"""What staging made of some bytes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from entrepot.model.drafts import Reading, Staged
from entrepot.workbench.reading import stage
from entrepot.workbench.reading.csv_places import places
from entrepot.workbench.source import Database

Row = tuple[str | None, ...]


@dataclass(frozen=True, kw_only=True)
class Result:
    staged: Staged
    rows: dict[int, Row]
    rejected: dict[int, tuple[int | None, str, str]]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.staged.columns)

    @property
    def codes(self) -> list[str]:
        return [problem.code for problem in self.staged.problems]

    @property
    def told(self) -> list[str]:
        """What a user hears of: the file's problems, and those of records."""
        return [*self.codes, *(code for _, code, _ in self.rejected.values())]


def staged(database: Database, data: bytes, reading: Reading | None = None, name: str = "people.csv") -> Result:
    path = Path.cwd() / name
    path.write_bytes(data)
    found = stage(database, path, reading or Reading())
    fetched = database.connection.execute("SELECT * FROM staged ORDER BY record").fetchall()
    faults = database.connection.execute("SELECT * FROM rejected ORDER BY record").fetchall()
    result = Result(
        staged=found,
        rows={record: tuple(values) for record, *values in fetched},
        rejected={record: (at, code, value) for record, at, code, value in faults},
    )
    check(result)
    return result


def check(result: Result) -> None:
    """What holds for every file."""
    assert sorted([*result.rows, *result.rejected]) == list(range(1, result.staged.records + 1))
    assert len(result.rejected) == result.staged.rejected
    assert None not in {
        getattr(result.staged.reading, f) for f in ("format", "encoding", "delimiter", "quote", "header")
    }
    assert result.staged.reading.skip_lines is not None


def place(result: Result, record: int, name: str = "people.csv") -> tuple[int | None, int | None]:
    """Line and byte."""
    found = places(Path.cwd() / name, result.staged.reading, [record])[record]
    return found.line, found.byte
