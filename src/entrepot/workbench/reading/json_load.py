"""Records into the tables `staged`, `rejected` and `absent`, a block at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain

import msgspec
from arro3.core import Array, DataType, RecordBatch

from entrepot.workbench.reading.json_columns import Strings, lacking, values_of
from entrepot.workbench.reading.json_policy import RECORD, Record, Rejected, examined, is_spotless, nested_in
from entrepot.workbench.reading.json_refusals import too_many_columns, too_sparse
from entrepot.workbench.reading.json_shape import Columns, Shape, shape_of
from entrepot.workbench.reading.json_split import Piece
from entrepot.workbench.reading.tables import create_tables, most_columns
from entrepot.workbench.source import Database

VALUES_AT_ONCE = 1_000_000
"""Records times columns: with thousands of columns, a block has more empty places than values."""
SPARSE, MOST_ABSENT = 20, 10_000_000
"""So many places may be empty anyway; beyond, so many for each value."""
PATIENCE = 10
"""Pieces that may be otherwise than the one before, besides as many as were not."""
TEXT, LONG, INTEGER = DataType.string(), DataType.int64(), DataType.int32()


class Loader:
    """Its columns are the names that came, in the order in which they came."""

    def __init__(self, database: Database, file: str) -> None:
        self.connection, self.file = database.connection, file
        self.most_columns = most_columns(database.memory_bytes)
        self.columns: dict[str, int] = {}
        self.records = self.rejected = 0
        """All that came, and those of them that are none."""
        self.good = self.single_values = 0
        self.values = self.absent = 0
        """Of good records: what they have, and what they lack."""
        self.shape: Shape | None = None
        """What records were like that had all names that came so far."""
        self.patience = PATIENCE
        create_tables(self.connection, 0)

    @property
    def only_values(self) -> bool:
        """Nothing that came was an object."""
        return self.records > 0 and self.single_values == self.records

    def take(self, piece: Piece) -> None:
        first = self.records + 1
        numbers = range(first, first + len(piece.texts))
        self.records += len(numbers)
        if (columns := self.together(piece)) is not None:
            self.put(numbers, columns)
        elif (records := quickly(piece)) is not None:
            self.load(numbers, records)
        else:
            self.load_slowly(first, piece)

    def together(self, piece: Piece) -> Columns | None:
        """If the records are like those before; where they seldom are, no more is tried."""
        if self.shape is None or self.patience <= 0 or not piece.texts:
            return None
        columns = self.shape.columns(piece)
        self.patience += -1 if columns is None else 1
        return columns

    def load_slowly(self, first: int, piece: Piece) -> None:
        """Each record by itself: something is wrong with one, or might be."""
        found = [(number, examined(bytes(text))) for number, text in enumerate(piece.texts, start=first)]
        good = [(number, record) for number, record in found if not isinstance(record, Rejected)]
        self.load([number for number, _ in good], [record for _, record in good])
        if wrong := [(number, one) for number, one in found if isinstance(one, Rejected)]:
            self.reject(wrong, [bytes(piece.texts[number - first]) for number, _ in wrong])

    def reject(self, found: Sequence[tuple[int, Rejected]], texts: Sequence[bytes]) -> None:
        self.rejected += len(found)
        self.single_values += sum(wrong.code == "not_an_object" for _, wrong in found)
        at = [None if wrong.name is None else self.columns.get(wrong.name) for _, wrong in found]
        columns = (
            Array([number for number, _ in found], type=LONG),
            Array(at, type=INTEGER),
            Array([wrong.code for _, wrong in found], type=TEXT),
            Array([wrong.value for _, wrong in found], type=TEXT),
        )
        self.insert("rejected", columns)
        given = Array([as_list(text) for text in texts], type=TEXT)
        self.insert("unread", (Array([number for number, _ in found], type=LONG), given))

    def load(self, numbers: Sequence[int], records: Sequence[Record]) -> None:
        names = self.columns.keys() | set(chain.from_iterable(records))
        at_once = max(1, VALUES_AT_ONCE // max(1, len(names)))
        for start in range(0, len(records), at_once):
            self.load_some(numbers[start : start + at_once], records[start : start + at_once])

    def load_some(self, numbers: Sequence[int], records: Sequence[Record]) -> None:
        names = list(dict.fromkeys(chain.from_iterable(records)))
        self.add_columns([name for name in names if name not in self.columns])
        columns = {name: values_of(records, name).read() for name in names}
        self.put(numbers, columns)
        given = sum(map(len, records))
        absent = len(records) * len(self.columns) - given
        self.values -= absent
        if absent:
            self.note_absent(numbers, records)
        elif (shape := shape_of(columns)) != self.shape:
            self.shape = shape

    def put(self, numbers: Sequence[int], columns: Columns) -> None:
        """Of good records."""
        values = [Array(texts, type=TEXT) for texts, _ in columns.values()]
        into = "".join(f", v{self.columns[name]}" for name in columns)
        self.insert(f"staged (record{into})", (Array(numbers, type=LONG), *values))
        self.note_strings(numbers, {self.columns[name]: strings for name, (_, strings) in columns.items()})
        self.good += len(numbers)
        self.values += len(numbers) * len(self.columns)

    def note_strings(self, numbers: Sequence[int], columns: Mapping[int, Strings]) -> None:
        """Which values are strings: a field of JSON may be told by it (judging/strings.py)."""
        found: list[tuple[int, int, int]] = []
        for at, strings in columns.items():
            if strings is True:
                found.append((numbers[0], numbers[-1], at))
            elif strings is not False:
                found += ((number, number, at) for number, is_one in zip(numbers, strings, strict=True) if is_one)
        if found:
            first, last, places = zip(*found, strict=True)
            kinds = (LONG, LONG, INTEGER)
            self.insert(
                "strings",
                [Array(list(some), type=kind) for some, kind in zip((first, last, places), kinds, strict=True)],
            )

    def add_columns(self, names: Sequence[str]) -> None:
        """The records before have none of them."""
        if not names:
            return
        if len(self.columns) + len(names) > self.most_columns:
            raise too_many_columns(self.file, self.most_columns)
        self.shape = None
        first = len(self.columns)
        self.columns |= {name: at for at, name in enumerate(names, start=first)}
        self.weigh(self.good * len(names))
        empty = ", ".join(f"NULL::VARCHAR AS v{at}" for at in range(first, len(self.columns)))
        self.connection.execute(f"CREATE OR REPLACE TABLE staged AS SELECT *, {empty} FROM staged")
        places = f"range({first}, {len(self.columns)})"
        self.connection.execute(f"INSERT INTO absent SELECT record, unnest({places}) FROM staged")

    def note_absent(self, numbers: Sequence[int], records: Sequence[Record]) -> None:
        without = {at: lacking(numbers, records, name) for name, at in self.columns.items()}
        self.weigh(sum(map(len, without.values())))
        at = chain.from_iterable([at] * len(some) for at, some in without.items())
        self.insert(
            "absent",
            (Array(list(chain.from_iterable(without.values())), type=LONG), Array(list(at), type=INTEGER)),
        )

    def weigh(self, absent: int) -> None:
        """Objects that have hardly a name in common would need more room for what they lack than for what they have."""
        self.absent += absent
        if self.absent > MOST_ABSENT + SPARSE * self.values:
            raise too_sparse(self.file, len(self.columns), self.good)

    def insert(self, table: str, columns: Sequence[Array]) -> None:
        batch = RecordBatch.from_arrays(columns, names=[f"c{at}" for at in range(len(columns))])
        self.connection.register("batch", batch)
        self.connection.execute(f"INSERT INTO {table} SELECT * FROM batch")
        self.connection.unregister("batch")


def quickly(piece: Piece) -> list[Record] | None:
    """The records, if all of them are good beyond doubt."""
    decode = RECORD.decode
    try:
        records = [decode(text) for text in piece.texts]
    except (msgspec.DecodeError, RecursionError):
        return None
    names = sum(map(len, records))
    return records if is_spotless(piece.whole, names, nested_in(piece.whole, records)) else None


def as_list(text: bytes) -> str:
    """Of what could not be told apart: one value, in JSON."""
    return msgspec.json.encode([text.decode(errors="backslashreplace")]).decode()
