"""Lines of JSON as Arrow columns of raw values: numbers keep every digit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import attrgetter
from pathlib import Path
from typing import Any

import msgspec
from arro3.core import Array, DataType, RecordBatch

from entrepot.model.errors import DamagedError
from entrepot.model.ports import StagedColumn
from entrepot.model.problems import Place
from entrepot.model.types import Kind
from entrepot.workbench.json_structures import are_plain, attribute, structure
from entrepot.workbench.structure import check_names, damaged

RECORD = dict[str, msgspec.Raw]
BARE = frozenset({Kind.BOOLEAN, Kind.INTEGER, Kind.DECIMAL, Kind.FLOAT, Kind.JSON, Kind.ARRAY})
"""Kinds that our JSON does not write as strings, or not always."""


class Records:
    """Decodes records that have exactly the fields of `columns`, in any order."""

    def __init__(self, columns: Sequence[StagedColumn], path: Path) -> None:
        self.names, self.path = [column.name for column in columns], path
        self.plain = are_plain(self.names)
        self.strings = [self.plain and column.type.kind not in BARE for column in columns]
        """Columns that arrive as text; the others as raw JSON."""
        record = structure(dict(zip(self.names, self.strings, strict=True))) if self.plain else RECORD
        self.decoder: msgspec.json.Decoder[object] = msgspec.json.Decoder(record)

    def batch(self, block: bytes, line: int) -> RecordBatch | None:
        """The records of whole lines; None if there are none."""
        if not block:
            return None
        decode = self.decoder.decode  # of each line: `decode_lines` takes several records on one, and one on several
        try:
            block.decode()
            records: list[Any] = [decode(text) for text in block.removesuffix(b"\n").split(b"\n")]
            if not self.plain and any(len(r) != len(self.names) for r in records):
                raise self.broken(block, line)
            return self.transposed(records)
        except (ValueError, KeyError, RecursionError):
            raise self.broken(block, line) from None

    def transposed(self, records: Sequence[Any]) -> RecordBatch:
        text = DataType.string()
        columns = [Array([take(r) for r in records], type=text) for take in self.takers()]
        return RecordBatch.from_arrays(columns, names=[f"j{at}" for at in range(len(columns))])

    def takers(self) -> list[Callable[[Any], str | None]]:
        """How to get each column's text, or its raw JSON, from a record."""
        if not self.plain:
            return [lambda r, name=name: bytes(r[name]).decode() for name in self.names]
        get = [attrgetter(attribute(at)) for at, _ in enumerate(self.strings)]
        return [
            take if is_string else lambda r, take=take: bytes(take(r)).decode()
            for take, is_string in zip(get, self.strings, strict=True)
        ]

    def broken(self, block: bytes, line: int) -> DamagedError:
        """The first line that is not one record with exactly our columns: the slow way, once."""
        for number, text in enumerate(block.splitlines(), start=line):
            place = Place(file=self.path.name, line=number)
            try:
                found = msgspec.json.decode(text.decode(), type=RECORD)
            except (ValueError, RecursionError) as error:
                return damaged("broken_record", f"a line is not one JSON object ({error})", place)
            try:
                check_names(self.names, list(found), str(self.path))
            except DamagedError as error:
                return damaged(error.code, "; ".join(p.message for p in error.problems), place)
        return damaged("broken_record", "a line is not one record", Place(file=self.path.name, line=line))
