"""Line and byte of rows of a dump, and of their values."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import accumulate, islice
from pathlib import Path

from entrepot.model.drafts import Reading
from entrepot.model.problems import Cell, Place
from entrepot.workbench.reading.sql.choosing import chosen, rows_of
from entrepot.workbench.reading.sql.copying import single
from entrepot.workbench.reading.sql.opening import dump_of
from entrepot.workbench.reading.sql.rows import read_row
from entrepot.workbench.reading.sql.shape import Piece, Run, Single

LONGEST = 1 << 30
"""What was staged was within its limits."""


def places(path: Path, reading: Reading, records: Sequence[int]) -> dict[int, Place]:
    """Those of the records that the file has."""
    found = cells(path, reading, dict.fromkeys(records, (None,)))
    return {record: place for (record, _), place in found.items()}


def cells(path: Path, reading: Reading, wanted: Mapping[int, Collection[str | None]]) -> dict[Cell, Place]:
    """The columns that are asked for, by record. A value that a record lacks stands where the record does."""
    left, found, last = set(wanted), dict[Cell, Place](), 0
    with dump_of(path, reading, LONGEST).script() as script:
        for piece in chosen(script, reading.entity):
            here = range(last + 1, last + 1 + rows_of(piece))
            last = here[-1]
            for record in sorted(left.intersection(here)):
                row = row_of(piece, record - here[0])
                for column, at in spots(row, wanted[record]):
                    found[record, column] = replace(script.window.place(at), record=record)
            left.difference_update(here)
            if not left:
                break
    return found


def row_of(piece: Piece, number: int) -> Single:
    """Counted from 0."""
    if not isinstance(piece, Run):
        return piece
    shape = piece.shape
    if shape.quick is not None:
        start = next(islice(shape.quick.starts(piece.text), number, None))
        row = read_row(piece.text, start, shape.settings.dialect, shape.settings.encoding)
        moved = tuple(value._replace(at=value.at + piece.at) for value in row.values)
        return Single(shape=shape, values=moved, at=piece.at + start)
    lines = piece.text.split(b"\n")
    start = next(islice(accumulate((len(line) + 1 for line in lines), initial=0), number, None))
    return single(shape, lines[number], piece.at + start)


def spots(row: Single, columns: Collection[str | None]) -> Iterator[tuple[str | None, int]]:
    """In the order in which they stand."""
    known = {column.name: value.at for column, value in zip(row.shape.columns, row.values, strict=False)}
    named = [(column, row.at if column is None else known.get(column, row.at)) for column in columns]
    yield from sorted(named, key=lambda spot: spot[1])
