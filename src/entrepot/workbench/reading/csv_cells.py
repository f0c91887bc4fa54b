"""Line and byte of single values: the record in question is read again from where it begins, and nothing else."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import accumulate
from pathlib import Path

from entrepot.model.drafts import Reading
from entrepot.model.problems import Cell, Place
from entrepot.workbench.reading.csv_lines import lines
from entrepot.workbench.reading.csv_places import LONGEST, found_places
from entrepot.workbench.reading.csv_records import Records, Spot
from entrepot.workbench.reading.csv_sections import read_text
from entrepot.workbench.reading.csv_shape import Shape, shaped
from entrepot.workbench.reading.text import TextFile

FIRST_BYTES = 1 << 13
"""Most records are short."""


def cells(path: Path, reading: Reading, wanted: Mapping[int, Collection[str | None]]) -> dict[Cell, Place]:
    """The columns that are asked for, by record, of those records that the file has. A value that a record lacks
    stands where the record does."""
    text = read_text(path, reading)
    shape = shaped(text, reading)
    begun = found_places(text, shape, list(wanted))
    return {
        (record, column): place
        for record, start in begun.items()
        for column, place in within(text, shape, start, wanted[record]).items()
    }


def within(text: TextFile, shape: Shape, start: Place, columns: Iterable[str | None]) -> Mapping[str | None, Place]:
    """In the record that begins there."""
    found = dict.fromkeys(columns, start)
    if not any(column in found for column in shape.names):
        return found
    rest = replace(text, mark=start.byte or 0, first_bytes=FIRST_BYTES)
    beginnings = Beginnings(dialect=shape.dialect, longest=LONGEST, line=start.line or 1)
    spots = beginnings.of_the_first(rest.blocks())
    values = list(zip(shape.names, spots, strict=False))
    for (column, spot), byte in zip(values, rest.bytes_at(spot.at for _, spot in values), strict=True):
        if column in found:
            found[column] = replace(start, line=spot.line, byte=byte)
    return found


@dataclass(kw_only=True)
class Beginnings(Records):
    """Where the values of a record begin, each with its quote."""

    spots: list[Spot] = field(default_factory=list)

    def of_the_first(self, blocks: Iterable[str]) -> list[Spot]:
        for line, end in lines(blocks, self.longest):
            if self.parts is None and (self.dialect.quote or "\n") not in line:
                return list(self.bare_ones(line))
            if self.complete(line, end):
                break
            self.line += 1
            self.at += len(line) + len(end)
        return self.spots

    def bare_ones(self, line: str) -> Iterator[Spot]:
        values = line.split(self.dialect.delimiter)
        for at in accumulate((len(value) + 1 for value in values[:-1]), initial=0):
            yield Spot(self.line, at)

    def one(self, line: str, end: str, at: int) -> int | None:
        self.spots.append(Spot(self.line, self.at + at))
        return super().one(line, end, at)
