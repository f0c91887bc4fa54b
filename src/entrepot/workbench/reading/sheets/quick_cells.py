"""Cells as nearly all programs write them, taken apart by one expression. What it does not understand wholly it does
not take at all."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from operator import lt
from typing import Any

from entrepot.model.spreadsheets import MOST_ROWS, letters
from entrepot.workbench.reading.sheets.rows import check_number
from entrepot.workbench.reading.sheets.texts import plain

CELL = re.compile(
    r'<c(?: r="([^"]*+)")?+([^<>/]*+)'
    r"(?:/>|>(?:<f(?=[ >/])([^<>]*/>|[^<>]*>[^<]*</f>))?+"
    r"(?:<(?:v|is><t[^<>/]*+)>([^<]*+)</(?:v|t></is)>)?+</c>)"
)
STRIDE = 5
"""What stands before a cell, its address, attributes, formula and value."""
USUAL_BORDER = re.compile(r'(?:</row>)?+<row r="([0-9]{1,7})"[^<>/]*+>')
BORDER = re.compile(
    r"\s*(?:</row>\s*)?((?:<row(?: [^<>]*)?/>\s*|<row(?: [^<>/]*)?>\s*</row>\s*)*)(?:(<row(?: [^<>/]*)?>)\s*)?"
)
ROW_NUMBER = re.compile(r' r="([^"]*)"')


LONGEST_NUMBER = 7


class NotUsualError(Exception):
    """Something stands here that this does not know."""


@dataclass(kw_only=True)
class Cells:
    """Of one piece of a sheet, side by side."""

    numbers: list[int]
    starts: list[int]
    """Of each row its first cell."""
    last: int
    refs: list[Any]
    """None where a cell has none; so have formulas and values."""
    attributes: list[str]
    formulas: list[Any]
    values: list[Any]


def cells_of(piece: str, last: int) -> Cells:
    """`last` is the number of the row in front of them."""
    parts: list[Any] = CELL.split(piece)
    borders = Borders(last=last)
    borders.look(parts[::STRIDE])
    values = parts[4::STRIDE]
    if "&" in piece:
        values = [value and plain(value) for value in values]
    return Cells(
        numbers=borders.numbers,
        starts=borders.starts,
        last=borders.last,
        refs=parts[1::STRIDE],
        attributes=parts[2::STRIDE],
        formulas=parts[3::STRIDE],
        values=values,
    )


@dataclass(kw_only=True)
class Borders:
    """Where rows begin, from what stands between cells."""

    last: int
    starts: list[int] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)

    def look(self, between: Sequence[str]) -> None:
        starts = [at for at, text in enumerate(between) if text]
        if between[-1] != "</row>" or not self.usual([between[at] for at in starts[:-1]], starts):
            for at in starts:
                if not between[at].isspace():
                    self.border(at, between[at], len(between) - 1)
        if len(between) > 1 and (self.starts[:1] != [0] or "</row>" not in between[-1]):
            raise NotUsualError

    def usual(self, texts: Sequence[str], starts: Sequence[int]) -> bool:
        """Whether all rows follow each other with nothing between; nearly always."""
        parts = USUAL_BORDER.split("".join(texts))
        numbers = list(map(int, parts[1::2]))
        if any(parts[::2]) or len(numbers) != len(texts) or not numbers or texts[-1:] == ["</row>"]:
            return False
        if numbers[0] <= self.last or not all(map(lt, numbers, numbers[1:])) or numbers[-1] > MOST_ROWS:
            return False
        self.numbers, self.starts, self.last = numbers, list(starts[:-1]), numbers[-1]
        return True

    def border(self, at: int, text: str, end: int) -> None:
        if at and not text.lstrip().startswith("</row>"):
            raise NotUsualError
        if at < end and (usual := USUAL_BORDER.fullmatch(text)):
            self.begin(at, int(usual[1]))
            return
        found = BORDER.fullmatch(text)
        if found is None or (found[2] is None) != (at == end):
            raise NotUsualError
        self.pass_by(found[1])
        if found[2]:
            number = ROW_NUMBER.search(found[2])
            self.begin(at, natural(number[1]) if number else self.last + 1)

    def pass_by(self, rows: str) -> None:
        """Rows without cells; those without numbers count on."""
        numbers = ROW_NUMBER.findall(rows)
        count = rows.count("<row")
        if numbers and len(numbers) != count:
            raise NotUsualError
        self.last = natural(numbers[-1]) if numbers else self.last + count

    def begin(self, at: int, number: int) -> None:
        check_number(number, self.last)
        self.last = number
        self.starts.append(at)
        self.numbers.append(number)


def natural(number: str) -> int:
    if not number.isdecimal() or len(number) > LONGEST_NUMBER:
        raise NotUsualError
    return int(number)


def even_width(cells: Cells) -> int:
    """How many cells each row has, if all of them have the same columns, without a gap; else 0."""
    width = len(cells.values) // len(cells.starts)
    if cells.starts != list(range(0, len(cells.values), max(1, width))):
        return 0
    if cells.refs[0] is None:
        return 0 if any(cells.refs) else width
    row = " ".join(letters(at) + "\0" for at in range(1, width + 1))
    addresses = " ".join([row.replace("\0", str(number)) for number in cells.numbers])
    return width if None not in cells.refs and " ".join(cells.refs) == addresses else 0
