"""Rows of a sheet on their way into tables, whichever reader found them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import zip_longest

from entrepot.model.spreadsheets import MOST_COLUMNS, MOST_ROWS, column_number

Row = list[str | None]
Column = Sequence[str | None]
Fault = tuple[int, int, str, str | None]
"""Row and column (from 0) of a cell that has no value to take, why, and what is known of it."""


@dataclass(frozen=True, kw_only=True)
class Rows:
    """Some rows, in the order of the sheet, side by side; those without any cell are left out."""

    numbers: list[int]
    """From 1."""
    columns: list[Column]
    """From the first one of the sheet; those without any value at the end are left out."""
    last: int
    """The last row that came by, whatever was in it."""
    faults: list[Fault] = field(default_factory=list)


def side_by_side(numbers: list[int], rows: list[Row], last: int, faults: list[Fault] | None = None) -> Rows:
    """Of rows of any length."""
    columns: list[Column] = list(zip_longest(*rows))
    while columns and not any(value is not None for value in columns[-1]):
        columns.pop()
    return Rows(numbers=numbers, columns=columns, last=last, faults=faults or [])


class WrongCellError(Exception):
    """Rows or cells are as no program writes them; the words say how."""


class Columns:
    """The columns that addresses of cells mean."""

    def __init__(self) -> None:
        self.known: dict[str, int] = {}

    def at(self, ref: str | None, row: int, beside: int) -> int:
        """From 0; cells without an address stand beside each other."""
        if ref is None:
            return beside
        letters = ref.rstrip("0123456789")
        at = self.known.get(letters)
        if at is None:
            if not (letters.isascii() and letters.isalpha() and letters.isupper()):
                raise WrongCellError(f"a cell in row {row} has the address '{ref:.20}'")
            at = self.known[letters] = column_number(letters) - 1
        if at < beside or ref[len(letters) :] != str(row):
            raise WrongCellError(f"the cell {ref} stands in row {row}, column {beside + 1} or behind it")
        if at >= MOST_COLUMNS:
            raise WrongCellError(f"the cell {ref} is beyond the last column that a sheet can have")
        return at


def check_number(number: int, last: int) -> None:
    if number <= last:
        raise WrongCellError(f"row {number:,} stands behind row {last:,}")
    if number > MOST_ROWS:
        raise WrongCellError(f"row {number:,} is beyond the last row that a sheet can have")
