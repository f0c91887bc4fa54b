"""Rows as nearly all programs write them: whole ones at once where they are alike, else cell by cell."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from entrepot.workbench.reading.sheets.quick_cells import Cells, NotUsualError, cells_of, even_width
from entrepot.workbench.reading.sheets.row_shape import Attributes, CellsOfColumn, Shape, ways_of
from entrepot.workbench.reading.sheets.rows import Column, Columns, Row, Rows, side_by_side
from entrepot.workbench.reading.sheets.texts import plain
from entrepot.workbench.reading.sheets.values import TEXT, TEXTS, Kind, Values

ATTRIBUTE = re.compile(r' ([a-zA-Z:]+)="([^"]*)"')
ATTRIBUTES = re.compile(f"(?:{ATTRIBUTE.pattern})* ?")


@dataclass(kw_only=True)
class QuickRows:
    values: Values
    kinds: dict[str, Kind] = field(default_factory=dict)
    columns: Columns = field(default_factory=Columns)
    shape: Shape | None = None
    """How rows are written, as far as that is known and of use."""
    is_looking: bool = True
    """Whether there may be such a shape."""

    def rows(self, piece: str, last: int) -> Rows:
        """Raises NotUsualError, OddValueError and ValueError for what has to be read with more care."""
        taken = self.shape.taken(piece, last) if self.shape else None
        if taken is None:
            return self.by_cells(cells_of(piece, last))
        numbers, columns = taken
        return Rows(numbers=numbers, columns=self.turned(columns, escaped="&" in piece), last=numbers[-1])

    def by_cells(self, cells: Cells) -> Rows:
        if not cells.values:
            return Rows(numbers=[], columns=[], last=cells.last)
        for attributes in set(cells.attributes) - self.kinds.keys():
            self.kinds[attributes] = self.kind(attributes)
        if any(cells.formulas):
            self.check_formulas(cells)
        width = even_width(cells)
        if width:
            rows = Rows(numbers=cells.numbers, columns=self.even(cells, width), last=cells.last)
        else:
            rows = side_by_side(cells.numbers, self.uneven(cells), cells.last)
        self.learn(cells, width)
        return rows

    def learn(self, cells: Cells, width: int) -> None:
        if self.is_looking and (ways := ways_of(cells, width)):
            known = self.shape or Shape(addressed=cells.refs[0] is not None)
            self.shape = known.learned(ways)
            self.is_looking = self.shape is not None

    def kind(self, attributes: str) -> Kind:
        found = ATTRIBUTE.findall(attributes)
        said = dict(found)
        if len(said) != len(found) or "r" in said or "&" in attributes or not ATTRIBUTES.fullmatch(attributes):
            raise NotUsualError
        return self.values.kind(said.get("s"), said.get("t"))

    def check_formulas(self, cells: Cells) -> None:
        """Each was calculated when the workbook was saved."""
        for formula, value, attributes in zip(cells.formulas, cells.values, cells.attributes, strict=True):
            if formula is not None and not value and (value is None or self.kinds[attributes].type != TEXT):
                raise NotUsualError

    def even(self, cells: Cells, width: int) -> list[Column]:
        return self.turned({at: (cells.attributes[at::width], cells.values[at::width]) for at in range(width)})

    def turned(self, found: Mapping[int, CellsOfColumn], *, escaped: bool = False) -> list[Column]:
        """Up to the last column that has a value."""
        rows = len(next(iter(found.values()))[1])
        columns: list[Column] = [[None] * rows] * (max(found) + 1)
        for at, (attributes, values) in found.items():
            columns[at] = self.column(attributes, [value and plain(value) for value in values] if escaped else values)
        while columns and not any(value is not None for value in columns[-1]):
            columns.pop()
        return columns

    def column(self, attributes: Attributes, values: Sequence[str | None]) -> Column:
        """Most hold values of one kind."""
        if isinstance(attributes, str):
            return self.alike(self.kinds[attributes], values)
        ways = {way for way, value in zip(attributes, values, strict=True) if value is not None}
        if len(ways) == 1 and (way := ways.pop()) is not None:
            return self.alike(self.kinds[way], values)
        return list(map(self.one, attributes, values))

    def alike(self, kind: Kind, values: Sequence[str | None]) -> Column:
        filled = [value for value in values if value]
        turned = kind.many(filled) if filled else ()
        if len(filled) == len(values):
            return turned
        following, is_text = iter(turned), kind.type in TEXTS
        return [next(following) if value else value if is_text else None for value in values]

    def one(self, attributes: str | None, value: str | None) -> str | None:
        return None if value is None or attributes is None else self.kinds[attributes].taken(value)

    def uneven(self, cells: Cells) -> list[Row]:
        texts = list(map(self.one, cells.attributes, cells.values))
        rows: list[Row] = []
        ends = [*cells.starts[1:], len(texts)]
        for start, end, number in zip(cells.starts, ends, cells.numbers, strict=True):
            row: Row = []
            for ref, text in zip(cells.refs[start:end], texts[start:end], strict=True):
                at = self.columns.at(ref, number, len(row))
                if at > len(row):
                    row += [None] * (at - len(row))
                row.append(text)
            rows.append(row)
        return rows
