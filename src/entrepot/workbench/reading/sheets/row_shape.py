"""Rows that are written alike, taken apart by one expression for a whole row, so that a cell costs one text and not
five. It says what cells of rows before had; a piece with any other row is left to those who look at every cell."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from operator import lt
from typing import Any

from entrepot.model.spreadsheets import MOST_ROWS, column_number, letters
from entrepot.workbench.reading.sheets.quick_cells import Cells

VALUE = r"(?:<(?:v|is><t[^<>/]*+)>([^<]*+)</(?:v|t></is)>)?+"
"""Of a cell, wherever it stands."""
NUMBERED, UNNUMBERED = r'<row r="([0-9]{1,7})"[^<>/]*+>(?!</row>)', "<row>"
"""Rows without any cell are none."""
MOST_WAYS = 30
"""In which cells of a column may be written."""
MOST_COLUMNS = 1_000

Attributes = str | Sequence[str | None]
"""Those that all cells have, or of each."""
CellsOfColumn = tuple[Attributes, Sequence[str | None]]
"""With their values; a cell that is not there has neither."""


@dataclass(frozen=True, kw_only=True)
class Shape:
    addressed: bool
    """Cells say where they stand, so that some may be left out; otherwise, every row has as many."""
    ways: Mapping[int, frozenset[str]] = field(default_factory=dict)
    """The attributes of cells, by column."""

    @cached_property
    def expression(self) -> re.Pattern[str]:
        cells = "".join(self.cell(at) for at in sorted(self.ways))
        return re.compile(f"{NUMBERED if self.addressed else UNNUMBERED}{cells}</row>")

    def cell(self, at: int) -> str:
        told = "|".join(map(re.escape, sorted(self.ways[at])))
        attributes = f"({told})" if len(self.ways[at]) > 1 else told
        where = rf' r="{letters(at + 1)}\1"' if self.addressed else ""
        cell = f"<c{where}{attributes}(?:/>|>{VALUE}</c>)"
        return f"(?:{cell})?+" if self.addressed else cell

    def taken(self, piece: str, last: int) -> tuple[list[int], dict[int, CellsOfColumn]] | None:
        """The numbers of the rows and the cells of each column; None: one of them is written otherwise."""
        parts: list[Any] = self.expression.split(piece)
        stride = self.expression.groups + 1
        if any(parts[::stride]):
            return None
        rows = len(parts) // stride
        if not rows:
            return None
        numbers = list(map(int, parts[1::stride])) if self.addressed else list(range(last + 1, last + rows + 1))
        if not in_order([last, *numbers]):
            return None
        return numbers, self.columns(parts, stride)

    def columns(self, parts: Sequence[Any], stride: int) -> dict[int, CellsOfColumn]:
        found: dict[int, CellsOfColumn] = {}
        group = 2 if self.addressed else 1
        for at in sorted(self.ways):
            attributes: Attributes = next(iter(self.ways[at]))
            if len(self.ways[at]) > 1:
                attributes = parts[group::stride]
                group += 1
            found[at] = attributes, parts[group::stride]
            group += 1
        return found

    def learned(self, ways: Mapping[int, set[str]]) -> Shape | None:
        """Of a piece that it did not fit; None: it would not help."""
        both = {at: self.ways.get(at, frozenset()) | ways.get(at, frozenset()) for at in self.ways.keys() | ways.keys()}
        if both == self.ways or len(both) > MOST_COLUMNS or any(len(some) > MOST_WAYS for some in both.values()):
            return None
        return Shape(addressed=self.addressed, ways=both)


def in_order(numbers: Sequence[int]) -> bool:
    return numbers[-1] <= MOST_ROWS and all(map(lt, numbers, numbers[1:]))


def ways_of(cells: Cells, width: int) -> dict[int, set[str]]:
    """In which the cells of each column are written; without those of the first row, which may hold names. Nothing,
    if one expression cannot say it. `width` is how many cells each row has, if all have the same columns."""
    start = cells.starts[1] if len(cells.starts) > 1 else len(cells.refs)
    refs, attributes = cells.refs[start:], cells.attributes[start:]
    found: dict[int, set[str]] = {}
    if any(cells.formulas):
        return found
    if not any(refs):
        return {at: set(attributes[at::width]) for at in range(width)} if refs else found
    if all(refs):
        for letters, way in {(ref.rstrip("0123456789"), way) for ref, way in zip(refs, attributes, strict=True)}:
            found.setdefault(column_number(letters) - 1, set()).add(way)
    return found
