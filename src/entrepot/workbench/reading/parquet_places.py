"""Records of a Parquet file have no lines: a place is the number of the record, and the column."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from entrepot.model.drafts import Reading
from entrepot.model.problems import Cell, Place


def places(path: Path, _reading: Reading, records: Sequence[int]) -> dict[int, Place]:
    return {record: Place(file=path.name, record=record) for record in records}


def cells(path: Path, _reading: Reading, wanted: Mapping[int, Collection[str | None]]) -> dict[Cell, Place]:
    return {
        (record, column): Place(file=path.name, record=record, column=column)
        for record, columns in wanted.items()
        for column in columns
    }
