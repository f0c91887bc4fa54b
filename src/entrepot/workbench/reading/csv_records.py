"""CSV of strangers in records: tolerant where the meaning is plain, and never silent where it is not.

A value in quotes ends at a quote that is not doubled. Behind it only blanks may come: anything else is a fault of the
record if the value stands on one line, and the sign of a quote that was never closed if it does not, because a quote
that swallowed lines ends at the beginning of the next value in quotes. A quote within a bare value is a character.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import NamedTuple

from entrepot.model.templates import CsvDialect
from entrepot.workbench.reading.csv_lines import lines, too_long
from entrepot.workbench.reading.text import has_wrong_bytes

LONGEST_SHOWN = 200


class Spot(NamedTuple):
    line: int
    at: int
    """Characters in front of it."""


class Record(NamedTuple):
    values: list[str | None]
    spot: Spot
    fault: tuple[int, str, str] | None = None
    """Number of the value from 0, code, text."""


class UnclosedQuoteError(Exception):
    def __init__(self, spot: Spot) -> None:
        super().__init__(spot)
        self.spot = spot


@dataclass(kw_only=True)
class Records:
    """Fed with all text in order."""

    dialect: CsvDialect
    longest: int
    alone: bool = False
    """One column only: a blank line is a record without a value."""
    header: bool = False
    """In front of a header, blank lines are none."""
    part: bool = False
    """The text may end anywhere; what is cut is left out."""
    line: int = 1
    at: int = 0
    seen: Counter[str] = field(default_factory=Counter)
    """What was unusual, how often."""
    first: dict[str, Spot] = field(default_factory=dict)
    """Where it was first; also the ways in which lines end."""
    suspicious: bool = False
    """Text came that holds a NUL or a wrong byte."""

    def __post_init__(self) -> None:
        quote = re.escape(self.dialect.quote) or "(?!)"
        self.body = re.compile(f"[^{quote}]*(?:{quote}{quote}[^{quote}]*)*")
        self.blanks = re.compile("[ ]*" if self.dialect.delimiter != " " else "")
        ending = f"{self.blanks.pattern}(?={re.escape(self.dialect.delimiter)}|$)"
        self.spaced = re.compile(f"[ ]+{quote}({self.body.pattern}){quote}{ending}")
        self.values: list[str | None] = []
        self.parts: list[str] | None = None
        """Of a value in quotes that is not closed yet."""
        self.size = 0
        self.opened = self.begun = Spot(1, 0)
        self.fault: tuple[int, str, str] | None = None

    def records(self, blocks: Iterable[str], skip_lines: int = 0) -> Iterator[Record]:
        """When one comes, `line` and `at` are those behind it."""
        source = lines(self.looked_at(blocks), self.longest)
        for line, end in islice(source, skip_lines):
            self.line += 1
            self.at += len(line) + len(end)
        quote, delimiter, null = self.dialect.quote or "\n", self.dialect.delimiter, self.dialect.null
        for line, end in source:
            record = None
            if self.parts is None and quote not in line:
                if line or (self.alone and not self.header):
                    values = [None if value == null else value for value in line.split(delimiter)]
                    record = Record(values, Spot(self.line, self.at))
                else:
                    self.note("blank_lines", Spot(self.line, self.at))
            elif self.complete(line, end):
                record = Record(self.values, self.begun, self.fault)
            if self.parts is None and end and end not in self.first:
                self.first[end] = Spot(self.line, self.at)
            self.line += 1
            self.at += len(line) + len(end)
            if record:
                self.header = False
                yield record
        self.finish()

    def looked_at(self, blocks: Iterable[str]) -> Iterator[str]:
        for block in blocks:
            self.suspicious = self.suspicious or "\0" in block or has_wrong_bytes(block)
            yield block

    def finish(self) -> None:
        if self.parts is not None and not self.part:
            raise UnclosedQuoteError(self.opened)

    def note(self, code: str, spot: Spot) -> None:
        self.seen[code] += 1
        self.first.setdefault(code, spot)

    def complete(self, line: str, end: str) -> bool:
        """Take a line that has quotes, or stands within some; whether the record ends with it. What is too long is not
        kept, but read on, because a quote that is never closed should be called by its name."""
        if self.parts is None:
            self.values = []
            self.fault, self.begun, self.size = None, Spot(self.line, self.at), 0
            return self.fields(line, end, 0)
        self.size += len(line) + len(end)
        overlong = self.size > self.longest
        if overlong:
            self.parts.clear()
        if self.dialect.quote not in line:
            self.parts.append(line + end)
            return False
        stop = self.quoted(line, end, 0)
        if stop is None:
            return False
        if stop < len(line) and not line.startswith(self.dialect.delimiter, stop):
            raise UnclosedQuoteError(self.opened)
        if overlong:
            raise too_long(self.longest)
        return stop == len(line) or self.fields(line, end, stop + 1)

    def fields(self, line: str, end: str, at: int) -> bool:
        """The values from `at`, where one begins."""
        while True:
            stop = self.one(line, end, at)
            if stop is None:
                return False
            if stop == len(line):
                return True
            at = stop + 1

    def one(self, line: str, end: str, at: int) -> int | None:
        """Take one value; where it ends, or None if it goes on in the next line."""
        quote = self.dialect.quote
        if line.startswith(quote, at):
            self.parts = []
            self.opened = Spot(self.line, self.at + at)
            stop = self.quoted(line, end, at + 1)
            return stop if stop is None else self.behind(line, at, stop)
        if line.startswith(" ", at) and (match := self.spaced.match(line, at)):
            self.note("space_before_quote", Spot(self.line, self.at + at))
            self.values.append(match[1].replace(quote * 2, quote))
            return match.end()
        return self.bare(line, at)

    def quoted(self, line: str, end: str, at: int) -> int | None:
        """The rest of a value in quotes; where it ends with the blanks behind it, or None if it goes on."""
        assert self.parts is not None
        match = self.body.match(line, at)
        stop = match.end() if match else at
        self.parts.append(line[at:stop])
        if stop == len(line):
            self.parts.append(end)
            return None
        self.values.append("".join(self.parts).replace(self.dialect.quote * 2, self.dialect.quote))
        self.parts = None
        blanks = self.blanks.match(line, stop + 1)
        behind = blanks.end() if blanks else stop + 1
        if behind > stop + 1:
            self.note("space_after_quote", Spot(self.line, self.at + stop))
        return behind

    def behind(self, line: str, at: int, stop: int) -> int:
        """Text behind a closed quote makes the record one that cannot be read; the next value can."""
        if stop == len(line) or line.startswith(self.dialect.delimiter, stop):
            return stop
        found = line.find(self.dialect.delimiter, stop)
        end = len(line) if found < 0 else found
        self.fault = self.fault or (len(self.values) - 1, "text_after_quote", line[at:end][:LONGEST_SHOWN])
        return end

    def bare(self, line: str, at: int) -> int:
        found = line.find(self.dialect.delimiter, at)
        stop = len(line) if found < 0 else found
        value = line[at:stop]
        if self.dialect.quote in value:
            self.note("stray_quotes", Spot(self.line, self.at + line.index(self.dialect.quote, at)))
        self.values.append(None if value == self.dialect.null else value)
        return stop
