"""The rows of an OpenDocument spreadsheet, as its XML is read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from xml.parsers import expat

from entrepot.model.spreadsheets import MOST_ROWS
from entrepot.workbench.reading.sheets.open_cells import FORMULA, KIND, OFFICE, TABLE, said

TEXT = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"
STYLE = "urn:oasis:names:tc:opendocument:xmlns:style:1.0"
MOST_COLUMNS = 16_384
MOST_REPEATED = 20_000_000
"""Cells with values that are there because one is said to come often: a small file could ask for any number."""
BOOK, SHEET, ROW = f"{OFFICE} spreadsheet", f"{TABLE} table", f"{TABLE} table-row"
CELL, COVERED = f"{TABLE} table-cell", f"{TABLE} covered-table-cell"
PARAGRAPHS = frozenset({f"{TEXT} p", f"{TEXT} h"})
BLANKS, TAB, LINE = f"{TEXT} s", f"{TEXT} tab", f"{TEXT} line-break"
BESIDE = frozenset({f"{TEXT} ruby-text", f"{TEXT} note", f"{OFFICE} annotation", f"{OFFICE} annotation-end"})
"""What stands in a text and is no part of it."""
GROUPS = frozenset(f"{TABLE} {name}" for name in ("table-rows", "table-header-rows", "table-row-group"))
STYLED, LOOKS = f"{STYLE} style", f"{STYLE} table-properties"
NAME, STYLE_NAME, SHEET_STYLE = f"{TABLE} name", f"{STYLE} name", f"{TABLE} style-name"
DISPLAY, ROWS, COLUMNS = f"{TABLE} display", f"{TABLE} number-rows-repeated", f"{TABLE} number-columns-repeated"
SPACE = re.compile("[ \t\r\n]+")
AWKWARD = re.compile("[\t\r\n]|  ")
OwnFault = tuple[int, str, str | None]
"""Column (from 0), code, what is known of the value."""


@dataclass(frozen=True, kw_only=True)
class Repeated:
    sheet: str
    first: int
    times: int
    values: list[str | None]
    faults: list[OwnFault]


@dataclass(kw_only=True)
class OpenRows:
    wanted: str | None = None
    """Only this sheet; None: all."""
    sheets: dict[str, str | None] = field(default_factory=dict)
    """Their styles, by their names."""
    hidden: set[str | None] = field(default_factory=set)
    """Styles of sheets that are not shown."""
    found: list[Repeated] = field(default_factory=list)
    style: str | None = None
    sheet: str | None = None
    number: int = 1
    times: int = 1
    values: list[str | None] = field(default_factory=list)
    faults: list[OwnFault] = field(default_factory=list)
    at: int = 0
    asked: int = 0
    cell: Mapping[str, str] | None = None
    paragraphs: int = 0
    inside: int = 0
    """How deep in a paragraph."""
    text: list[str] = field(default_factory=list)
    soft: bool = True
    """Whether a blank would follow another one, which is as good as one."""
    skipped: int = 0
    """How deep in what is no part of a table."""

    def __post_init__(self) -> None:
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self.declared
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = None

    def fed(self, block: bytes, *, last: bool = False) -> Iterator[Repeated]:
        try:
            self.parser.Parse(block, last)
        except expat.ExpatError as error:
            raise ValueError(f"its part content.xml is no XML ({error})") from None
        found, self.found = self.found, list[Repeated]()
        yield from found

    def declared(self, *_: object) -> None:
        raise ValueError("its part content.xml declares a document type, which no workbook does")

    def start(self, name: str, given: Mapping[str, str]) -> None:
        if self.skipped:
            self.skipped += 1
        elif self.inside:
            self.start_in_text(name, given)
        elif self.cell is not None:
            self.start_in_cell(name)
        elif name in (CELL, COVERED):
            self.cell = given
            self.text.clear()
            self.paragraphs = 0
        elif name == ROW:
            self.times, self.at = count(given, ROWS), 0
            self.values, self.faults = list[str | None](), list[OwnFault]()
        elif name == SHEET:
            self.start_sheet(given)
        elif self.sheet is not None and name not in GROUPS:
            self.skipped = 1
        elif name == STYLED:
            self.style = given.get(STYLE_NAME)
        elif name == LOOKS and given.get(DISPLAY) == "false":
            self.hidden.add(self.style)

    def start_sheet(self, given: Mapping[str, str]) -> None:
        name = given.get(NAME, "")
        self.sheets[name] = given.get(SHEET_STYLE)
        if self.wanted not in (None, name):
            self.skipped = 1
        else:
            self.sheet, self.number, self.asked = name, 1, 0

    def start_in_cell(self, name: str) -> None:
        if name not in PARAGRAPHS:
            self.skipped = 1
            return
        if self.paragraphs:
            self.text.append("\n")
        self.paragraphs += 1
        self.inside, self.soft = 1, True
        self.parser.CharacterDataHandler = self.characters

    def start_in_text(self, name: str, given: Mapping[str, str]) -> None:
        if name in BESIDE or not name.startswith(TEXT):
            self.parser.CharacterDataHandler = None
            self.skipped = 1
            return
        self.inside += 1
        hard = {BLANKS: " " * count(given, f"{TEXT} c") if name == BLANKS else "", TAB: "\t", LINE: "\n"}.get(name)
        if hard:
            self.text.append(hard)
            self.soft = False

    def characters(self, text: str) -> None:
        if AWKWARD.search(text):
            text = SPACE.sub(" ", text)
        if self.soft and text[0] == " ":
            text = text[1:]
        if text:
            self.text.append(text)
            self.soft = text[-1] == " "

    def end(self, name: str) -> None:
        if self.skipped:
            self.skipped -= 1
            if not self.skipped and self.inside:
                self.parser.CharacterDataHandler = self.characters
        elif self.inside:
            self.inside -= 1
            if not self.inside:
                self.parser.CharacterDataHandler = None
        elif self.cell is not None:
            self.end_cell(self.cell)
            self.cell = None
        elif name == ROW:
            self.end_row()
        elif name == SHEET:
            self.sheet = None

    def end_cell(self, given: Mapping[str, str]) -> None:
        """One without a kind, a formula and a text has nothing to say, and may stand there for a thousand."""
        times = count(given, COLUMNS)
        if self.paragraphs or KIND in given or FORMULA in given:
            value, fault = said(given, "".join(self.text) if self.paragraphs else None)
            if value is not None or fault:
                self.add(value, fault, times)
        self.at += times

    def add(self, value: str | None, fault: str | None, times: int) -> None:
        if self.at + times > MOST_COLUMNS:
            raise ValueError(f"row {self.number:,} has a value beyond the last column that a sheet can have")
        self.values += [None] * (self.at - len(self.values))
        self.values += [value] * times
        if fault:
            self.faults += [(at, fault, value) for at in range(self.at, self.at + times)]

    def end_row(self) -> None:
        first, self.number = self.number, self.number + self.times
        if not self.values or self.sheet is None:
            return
        if self.number > MOST_ROWS + 1:
            raise ValueError(f"row {first:,} stands, or is repeated, beyond the last row that a sheet can have")
        self.asked += (self.times - 1) * len(self.values)
        if self.asked > MOST_REPEATED:
            raise ValueError(f"row {first:,} and others are repeated until there are millions of cells")
        self.found.append(
            Repeated(sheet=self.sheet, first=first, times=self.times, values=self.values, faults=self.faults)
        )


def count(given: Mapping[str, str], name: str) -> int:
    """
    >>> count({"n": "3"}, "n"), count({}, "n")
    (3, 1)
    """
    text = given.get(name, "1")
    if not text.isdecimal() or len(text) > 10:
        raise ValueError(f"something is said to come '{text[:20]}' times")
    return int(text)
