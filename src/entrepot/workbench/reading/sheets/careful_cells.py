"""Rows in whatever XML they are written, cell by cell; and what keeps a cell from having a value."""

from __future__ import annotations

from dataclasses import dataclass, field

from entrepot.model.spreadsheets import letters
from entrepot.workbench.reading.sheets.rows import Columns, Fault, Row, Rows, WrongCellError, check_number, side_by_side
from entrepot.workbench.reading.sheets.values import INLINE, TEXT, OddValueError, Values

TOP = "sheetData"
LONGEST_NUMBER = 12


@dataclass(kw_only=True)
class RowWalker:
    """Walks a sheet, or some of its rows in an element of the same name."""

    values: Values
    last: int
    longest: int
    path: list[str] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    columns: Columns = field(default_factory=Columns)
    row: Row | None = None
    cell: dict[str, str] | None = None
    collected: dict[str, list[str]] = field(default_factory=dict)
    into: list[str] | None = None
    size: int = 0
    """Characters of the row."""
    merged: list[str] = field(default_factory=list)

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        around = self.path[-1] if self.path else ""
        if name == "c" and around == "row" and self.row is not None:
            self.cell = attributes
            self.collected.clear()
        elif name == "row" and around == TOP:
            self.begin_row(attributes)
        elif self.cell is not None and (part := self.part(name, around)):
            self.into = self.collected.setdefault(part, [])
        elif name == "mergeCell" and around == "mergeCells":
            self.merged.append(attributes.get("ref", ""))

    def part(self, name: str, around: str) -> str | None:
        """Which part of a cell begins: its formula, its value, or a piece of its text."""
        if around == "c" and name in ("f", "v"):
            return name
        return name if name == "t" and "is" in self.path and "rPh" not in self.path else None

    def begin_row(self, attributes: dict[str, str]) -> None:
        said = attributes.get("r")
        if said is not None and not (said.isdecimal() and len(said) <= LONGEST_NUMBER):
            raise WrongCellError(f"the row behind row {self.last:,} has the number '{said:.20}'")
        number = self.last + 1 if said is None else int(said)
        check_number(number, self.last)
        self.last, self.row, self.size = number, Row(), 0

    def text(self, text: str) -> None:
        if self.into is not None:
            self.into.append(text)
            self.size += len(text)
            if self.size > self.longest:
                raise WrongCellError(f"row {self.last:,} is longer than {self.longest:,} characters")

    def end(self, name: str) -> None:
        self.into = None
        if name == "c" and self.cell is not None and self.path[-1:] == ["row"]:
            self.end_cell(self.cell)
            self.cell = None
        elif name == "row" and self.row is not None and self.path[-1:] == [TOP]:
            self.numbers.append(self.last)
            self.rows.append(self.row)
            self.row = None

    def end_cell(self, cell: dict[str, str]) -> None:
        assert self.row is not None
        at = self.columns.at(cell.get("r"), self.last, len(self.row))
        self.row += [None] * (at - len(self.row))
        try:
            self.row.append(self.value(cell))
        except OddValueError as odd:
            self.row.append(odd.text)
            self.faults.append((self.last, at, odd.code, odd.text))
        except ValueError as error:
            raise WrongCellError(f"the cell {letters(at + 1)}{self.last} {error}") from error

    def value(self, cell: dict[str, str]) -> str | None:
        kind = self.values.kind(cell.get("s"), cell.get("t"))
        first, second = ("t", "v") if kind.type == INLINE else ("v", "t")
        parts = self.collected.get(first, self.collected.get(second))
        value = None if parts is None else "".join(parts)
        formula = self.collected.get("f")
        if formula is not None and not value and (value is None or kind.type != TEXT):
            raise OddValueError("no_cached_value", "=" + "".join(formula))
        return None if value is None else kind.taken(value)

    def found(self) -> Rows:
        """Since it was last asked; a row that has not come to its end has its faults told with it."""
        whole = self.last if self.row is None else self.last - 1
        told = [fault for fault in self.faults if fault[0] <= whole]
        rows = side_by_side(self.numbers[:], self.rows, self.last, told)
        for some in (self.numbers, self.rows):
            some.clear()
        del self.faults[: len(told)]
        return rows
