"""Records of a sheet into the tables of the workbench, with as many columns as turn up."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import duckdb
from arro3.core import DataType

from entrepot.workbench.reading.sheets.records import Part
from entrepot.workbench.reading.sheets.rows import Column
from entrepot.workbench.reading.tables import create_tables, insert

NUMBER, PLACE = DataType.int64(), DataType.int32()
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
MOMENT = re.compile(rf"{DAY.pattern} [0-9:.]+")


@dataclass(kw_only=True)
class Loader:
    connection: duckdb.DuckDBPyConnection
    null: str
    """A text that means NULL; empty: none does."""
    width: int = 0
    records: int = 0
    faults: int = 0
    zoned: frozenset[int] = field(default_factory=frozenset)
    """Columns whose moments are in UTC."""

    def begin(self, width: int) -> None:
        create_tables(self.connection, width)
        self.width = width

    def add(self, part: Part) -> None:
        self.widen(len(part.columns))
        count = len(part.numbers)
        columns = [self.taken(at, column) for at, column in enumerate(part.columns)]
        columns += [[None] * count] * (self.width - len(columns))
        numbers = range(self.records + 1, self.records + count + 1)
        insert(self.connection, "staged", [numbers, *columns], [NUMBER])
        if part.faults:
            self.fault(part)
        self.records += count

    def widen(self, width: int) -> None:
        for at in range(self.width, width):
            self.connection.execute(f"ALTER TABLE staged ADD COLUMN v{at} VARCHAR")
        self.width = max(self.width, width)

    def taken(self, at: int, column: Column) -> Column:
        if self.null:
            column = [None if value == self.null else value for value in column]
        return [value and in_utc(value) for value in column] if at in self.zoned else column

    def fault(self, part: Part) -> None:
        record = {number: at for at, number in enumerate(part.numbers, start=self.records + 1)}
        columns: Sequence[Sequence[object]] = [
            [record[row] for row, *_ in part.faults],
            [at for _, at, *_ in part.faults],
            [code for _, _, code, _ in part.faults],
            [value for *_, value in part.faults],
        ]
        insert(self.connection, "faulty", columns, [NUMBER, PLACE])
        self.faults += len(part.faults)

    def keep(self, columns: Sequence[int]) -> None:
        """None but those."""
        if list(columns) == list(range(self.width)):
            return
        if not columns:
            self.begin(0)
            return
        values = ", ".join(f"v{old} AS v{new}" for new, old in enumerate(columns))
        self.connection.execute(
            f"CREATE OR REPLACE TABLE staged AS SELECT record, {values} FROM staged ORDER BY record"
        )
        self.connection.execute(f'UPDATE faulty SET "at" = list_position({list(columns)}, "at") - 1')


def in_utc(value: str) -> str:
    """
    >>> in_utc("2024-01-02"), in_utc("2024-01-02 10:00:00.5"), in_utc("2024-01-02 10:00:00+00")
    ('2024-01-02 00:00:00+00', '2024-01-02 10:00:00.5+00', '2024-01-02 10:00:00+00')
    """
    if DAY.fullmatch(value):
        return f"{value} 00:00:00+00"
    return f"{value}+00" if MOMENT.fullmatch(value) else value
