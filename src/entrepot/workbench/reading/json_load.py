"""Records into the tables `staged`, `rejected` and `absent`, a block at a time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain

import msgspec
from arro3.core import Array, DataType, RecordBatch

from entrepot.workbench.json_files import TOKEN
from entrepot.workbench.reading.json_policy import RECORD, Record, Rejected, examined, spotless
from entrepot.workbench.reading.json_split import Piece
from entrepot.workbench.reading.json_value import MOST_COLUMNS, too_many_columns
from entrepot.workbench.reading.tables import create_tables
from entrepot.workbench.source import Database

VALUES_AT_ONCE = 200_000
"""Records times columns: with thousands of columns, a block has more empty places than values."""
TEXT, NUMBER = DataType.string(), DataType.int64()
Numbered = tuple[int, Record]


class Loader:
    """Its columns are the names that came, in the order in which they came."""

    def __init__(self, database: Database, file: str) -> None:
        self.connection, self.file = database.connection, file
        self.columns: dict[str, int] = {}
        self.records = 0
        """All that came."""
        self.rejected = 0
        self.scalars = 0
        """Values that are no objects."""
        create_tables(self.connection, 0)

    @property
    def only_values(self) -> bool:
        """Nothing that came was an object."""
        return self.records > 0 and self.scalars == self.records

    def take(self, piece: Piece) -> None:
        first = self.records + 1
        self.records += len(piece.texts)
        records = quickly(piece)
        if records is not None:
            self.load(range(first, first + len(records)), records)
        else:
            self.load_slowly(first, piece)

    def load_slowly(self, first: int, piece: Piece) -> None:
        """Each record by itself: something is wrong with one, or might be."""
        found = [(number, examined(bytes(text))) for number, text in enumerate(piece.texts, start=first)]
        good = [(number, record) for number, record in found if not isinstance(record, Rejected)]
        self.load([number for number, _ in good], [record for _, record in good])
        if wrong := [(number, one) for number, one in found if isinstance(one, Rejected)]:
            self.reject(wrong)

    def reject(self, found: Sequence[tuple[int, Rejected]]) -> None:
        self.rejected += len(found)
        self.scalars += sum(wrong.code == "not_an_object" for _, wrong in found)
        rows = [(n, self.column(wrong.name), wrong.code, wrong.value) for n, wrong in found]
        kinds = (NUMBER, DataType.int32(), TEXT, TEXT)
        columns = [Array(list(values), type=kind) for values, kind in zip(zip(*rows, strict=True), kinds, strict=True)]
        self.insert("rejected SELECT * FROM batch", RecordBatch.from_arrays(columns, names=["r", "a", "c", "v"]))

    def column(self, name: str | None) -> int | None:
        """Where a rejected record has its fault, as far as another record has that column."""
        return None if name is None else self.columns.get(name)

    def load(self, numbers: Sequence[int], records: Sequence[Record]) -> None:
        at_once = max(1, VALUES_AT_ONCE // max(1, len(self.columns)))
        for start in range(0, len(records), at_once):
            self.load_some(numbers[start : start + at_once], records[start : start + at_once])

    def load_some(self, numbers: Sequence[int], records: Sequence[Record]) -> None:
        names = list(dict.fromkeys(chain.from_iterable(records)))
        self.add_columns([name for name in names if name not in self.columns])
        places = [self.columns[name] for name in names]
        values = [column(records, name) for name in names]
        batch = RecordBatch.from_arrays(
            [Array(numbers, type=NUMBER), *(Array(texts, type=TEXT) for texts in values)],
            names=["record", *(f"j{at}" for at in places)],
        )
        into = "".join(f", v{at}" for at in places)
        forms = "".join(f", {TOKEN.format(at=at)}" for at in places)
        self.insert(f"staged (record{into}) SELECT record{forms} FROM batch", batch)
        with_gaps = [at for at, texts in zip(places, values, strict=True) if None in texts]
        self.note_absent(batch, with_gaps, set(range(len(self.columns))).difference(places))

    def note_absent(self, batch: RecordBatch, sometimes: Iterable[int], always: Iterable[int]) -> None:
        """Columns that some records of a batch lack, and columns that none of them has."""
        gaps = [f"CASE WHEN j{at} IS NULL THEN {at} END" for at in sometimes] + [str(at) for at in always]
        if gaps:
            lacking = f'SELECT record, unnest([{", ".join(gaps)}]) AS "at" FROM batch'
            self.insert(f'absent SELECT * FROM ({lacking}) WHERE "at" IS NOT NULL', batch)

    def add_columns(self, names: Sequence[str]) -> None:
        """The records before have none of them."""
        if len(self.columns) + len(names) > MOST_COLUMNS:
            raise too_many_columns(self.file)
        for name in names:
            at = self.columns[name] = len(self.columns)
            self.connection.execute(f"ALTER TABLE staged ADD COLUMN v{at} VARCHAR")
            self.connection.execute(f"INSERT INTO absent SELECT record, {at} FROM staged")

    def insert(self, what: str, batch: RecordBatch) -> None:
        self.connection.register("batch", batch)
        self.connection.execute(f"INSERT INTO {what}")
        self.connection.unregister("batch")


def quickly(piece: Piece) -> list[Record] | None:
    """The records, if all of them are good beyond doubt."""
    decode = RECORD.decode
    try:
        records = [decode(text) for text in piece.texts]
    except (msgspec.DecodeError, RecursionError):
        return None
    return records if spotless(piece.whole, records) else None


def column(records: Sequence[Record], name: str) -> list[str | None]:
    """The raw values of one name; None where a record has none."""
    try:
        return [str(record[name], "utf-8") for record in records]
    except KeyError:
        return [None if (value := record.get(name)) is None else str(value, "utf-8") for record in records]
