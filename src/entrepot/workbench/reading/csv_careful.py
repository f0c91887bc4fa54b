"""The careful way: every record is looked at here, and loaded or rejected."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import duckdb
import msgspec
from arro3.core import DataType

from entrepot.workbench.reading.csv_records import LONGEST_SHOWN, Record, Records
from entrepot.workbench.reading.csv_shape import Shape
from entrepot.workbench.reading.tables import insert
from entrepot.workbench.reading.text import WRONG, TextFile, has_wrong_bytes, with_bytes_shown
from entrepot.workbench.source import Database

NUMBER = DataType.int64()
BATCH_CHARACTERS = 2_000_000
BATCH_VALUES = 200_000
Rejected = tuple[int, int | None, str, str]


@dataclass(kw_only=True)
class Loader:
    """Records on their way into the tables, so many at a time that they take little memory."""

    connection: duckdb.DuckDBPyConnection
    width: int
    records: int = 0
    rejected: int = 0
    begun: int = 0
    numbers: list[int] = field(default_factory=list)
    rows: list[list[str | None]] = field(default_factory=list)
    faults: list[Rejected] = field(default_factory=list)
    given: list[str] = field(default_factory=list)
    """The values of those that have one."""

    def add(self, record: Record, fault: tuple[int | None, str, str] | None) -> None:
        self.records += 1
        if fault is None:
            self.numbers.append(self.records)
            self.rows.append(record.values)
        else:
            self.faults.append((self.records, *fault))
            self.given.append(as_list(record.values))
        waiting = (len(self.rows) + len(self.faults)) * self.width
        if waiting > BATCH_VALUES or record.spot.at - self.begun > BATCH_CHARACTERS:
            self.begun = record.spot.at
            self.flush()

    def flush(self) -> None:
        self.rejected += len(self.faults)
        if self.rows:
            insert(self.connection, "staged", [self.numbers, *zip(*self.rows, strict=True)], [NUMBER])
        if self.faults:
            insert(self.connection, "rejected", list(zip(*self.faults, strict=True)), [NUMBER, DataType.int32()])
            insert(self.connection, "unread", [[number for number, *_ in self.faults], self.given], [NUMBER])
        self.numbers.clear()
        self.rows.clear()
        self.faults.clear()
        self.given.clear()


def stage_careful(database: Database, text: TextFile, shape: Shape) -> tuple[Loader, Records]:
    """Fill `staged` and `rejected`. Raises UnclosedQuoteError and InputError."""
    width = len(shape.names)
    records = reader(shape, database.longest_row_bytes)
    loader = Loader(connection=database.connection, width=width)
    for record in data_records(records, text, shape):
        right = record.fault is None and len(record.values) == width and not records.suspicious
        loader.add(record, None if right else fault_of(record, width))
    loader.flush()
    return loader, records


def reader(shape: Shape, longest: int) -> Records:
    return Records(
        dialect=shape.dialect, longest=longest, alone=len(shape.names) == 1, header=bool(shape.reading.header)
    )


def data_records(records: Records, text: TextFile, shape: Shape) -> Iterator[Record]:
    found = records.records(text.blocks(), shape.reading.skip_lines or 0)
    if shape.reading.header:
        next(found, None)
    return found


def fault_of(record: Record, width: int) -> tuple[int | None, str, str] | None:
    """The first thing that keeps the record from being one."""
    if record.fault:
        at, code, shown = record.fault
        return at, code, readable(shown)
    if len(record.values) != width:
        code = "too_few_values" if len(record.values) < width else "too_many_values"
        return None, code, str(len(record.values))
    for at, value in enumerate(record.values):
        if value and has_wrong_bytes(value):
            return at, "wrong_bytes", readable(around(value))
        if value and "\0" in value:
            return at, "nul_character", readable(value[:LONGEST_SHOWN])
    return None


def around(value: str) -> str:
    """The first wrong byte with what stands near it."""
    match = WRONG.search(value)
    start = max(0, match.start() - LONGEST_SHOWN // 2) if match else 0
    return value[start : start + LONGEST_SHOWN]


def readable(value: str) -> str:
    return with_bytes_shown(value).replace("\0", "\\x00")


def as_list(values: Sequence[str | None]) -> str:
    """JSON."""
    return msgspec.json.encode([value and readable(value) for value in values]).decode()
