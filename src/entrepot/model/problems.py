"""Findings about the input. A problem is a value, never an exception: all of them can be reported."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Category(StrEnum):
    FORMAT = "format"
    TYPE = "type"
    REFERENCE = "reference"
    COUNT = "count"
    INTEGRITY = "integrity"
    FIDELITY = "fidelity"
    """A value or a thing that cannot travel unchanged."""


Cell = tuple[int, str | None]
"""The number of a record, and the name of a column of the file; None: the record as a whole."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where it is. What is not known stays None; record and line count from 1, byte from 0. In a workbook, the line is
    the row of the sheet."""

    file: str | None = None
    entity: str | None = None
    record: int | None = None
    line: int | None = None
    column: str | None = None
    byte: int | None = None
    cell: str | None = None
    """In a workbook: the cell or row as a spreadsheet program takes it to go there, `Sheet1!C7`."""

    def describe(self) -> str:
        named = (
            ("", self.file),
            ("", self.entity),
            ("record ", self.record),
            ("", self.cell),
            ("line ", None if self.cell else self.line),
            ("column ", self.column),
            ("byte ", self.byte),
        )
        return ", ".join(f"{word}{value}" for word, value in named if value is not None)


@dataclass(frozen=True, kw_only=True)
class Problem:
    code: str
    """Stable, lower_snake: what programs match on."""
    message: str
    """One sentence that names the fact."""
    remedy: str = ""
    """One sentence that says what to do."""
    severity: Severity = Severity.ERROR
    category: Category = Category.FORMAT
    place: Place = Place()
    value: str | None = None
