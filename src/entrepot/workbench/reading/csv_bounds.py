"""Where the sections of a CSV file begin and end: one pass over its bytes.

What stands within quotes names nothing, and a quote in a bare value is a character.
"""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from mmap import ACCESS_READ, mmap

from entrepot.model.drafts import Reading
from entrepot.workbench.reading.csv_marks import (
    ALONE,
    BLANKS,
    BRACKETS,
    KINDS,
    Mark,
    first_line,
    is_table,
    marks,
    rows_in,
    trimmed,
    unclear,
)
from entrepot.workbench.reading.csv_section_refusals import empty_section, name_or_row, rows_before, too_many
from entrepot.workbench.reading.text import BLOCK_BYTES, TextFile

MOST = 100


@dataclass(frozen=True, kw_only=True)
class Bounds:
    name: str
    start: int
    """The byte where its header begins."""
    end: int
    lines_before: int
    """Lines of the file in front of that."""
    preamble: int = 0
    """So many lines, not all of them blank, stand in front of the name of the first."""


def bounds(text: TextFile, reading: Reading) -> list[Bounds]:
    """None where the file is one table."""
    with text.path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as view:
        found = next((some for kind in KINDS if (some := _marks(view, text, reading, kind))), [])
        return list(_between(view, text, found))


def _marks(view: mmap, text: TextFile, reading: Reading, kind: bytes) -> list[Mark]:
    """Those of one kind, if they make sections; in front of brackets a preamble may stand."""
    outside = Outside(view, text, reading)
    some = marks(view, text.mark, kind, lambda: outside.at)
    found = list(islice((mark for mark in some if outside.holds(mark)), MOST + 1))
    if kind == ALONE:
        found = _of_tables(view, found)
    if not any(mark.followed for mark in found):
        return []
    if kind != BRACKETS and (len(found) == 1 or found[0].start != first_line(view, text.mark)):
        return []
    if rows_in(view, text.mark, found[0].start):
        if len(found) == 1:
            return []
        raise rows_before(text.path.name, called(text, found[0]))
    if len(found) > MOST:
        raise too_many(text.path.name, MOST)
    if kind == BRACKETS:
        _refuse_unclear(view, text, reading, found)
    return found


def _of_tables(view: mmap, found: list[Mark]) -> list[Mark]:
    """A title and notes do not make several tables of one, nor do rows with a value in their first column alone."""
    bare = [mark for mark in found if not mark.filled]
    some = bare or found
    return some if sum(is_table(view, mark) for mark in some) > 1 else []


def _refuse_unclear(view: mmap, text: TextFile, reading: Reading, found: Sequence[Mark]) -> None:
    """Names between rows, where the others stand apart or could do so: rows would go where they do not belong."""
    outside = Outside(view, text, reading)
    some = unclear(view, text.mark, lambda: outside.at, filled=len(found) == 1)
    mark = next((mark for mark in some if outside.holds(mark)), None)
    if mark:
        line = text.lines_before + line_ends(view, text.mark, mark.start) + 1
        raise name_or_row(text.path.name, called(text, mark), line)


def called(text: TextFile, mark: Mark) -> str:
    return mark.name.decode(text.encoding, "replace").strip()


def _between(view: mmap, text: TextFile, found: Sequence[Mark]) -> Iterator[Bounds]:
    line, at = 0, text.mark
    front = view[at : found[0].start].strip(BLANKS) if found else b""
    preamble = line_ends(view, at, found[0].start) if front else 0
    for mark, following in pairwise([*found, None]):
        assert mark is not None
        start, end = trimmed(view, min(mark.end + 1, len(view)), following.start if following else len(view))
        line, at = line + line_ends(view, at, start), start
        if start >= end:
            raise empty_section(text.path.name, called(text, mark), line)
        yield Bounds(name=called(text, mark), start=start, end=end, lines_before=line, preamble=preamble)
        preamble = 0


def line_ends(view: mmap, start: int, end: int) -> int:
    """As they are counted in places."""
    count = 0
    for at in range(start, end, BLOCK_BYTES):
        block = view[at : min(at + BLOCK_BYTES, end)]
        count += block.count(b"\n") + block.count(b"\r") - view[at : min(at + BLOCK_BYTES + 1, end)].count(b"\r\n")
    return count


class Outside:
    """Asked about marks in their order: whether they stand outside of quotes."""

    def __init__(self, view: mmap, text: TextFile, reading: Reading) -> None:
        self.view, self.at = view, text.mark
        self.quote = re.escape(b'"' if reading.quote is None else reading.quote.encode())
        if not self.quote:
            return
        before = re.escape(b"\n,;\t|" + (reading.delimiter or "").encode()[:1])
        opens = rb"(?:(?<=[%b]%b)|(?<=\A%b)|(?<=%b%b))" % (before, *[self.quote] * 2, BOM_UTF8, self.quote)
        plain = rb"[^%b]*+" % self.quote
        self.body = rb"%b(?:%b%b)*+%b" % (plain, self.quote * 2, plain, self.quote)
        value = rb"%b(?:%b%b|(?!%b))" % (self.quote, opens, self.body, opens)
        self.outside = re.compile(rb"(?:[^%b]++|%b)*+" % (self.quote, value))

    def holds(self, mark: Mark) -> bool:
        """A quote that does not begin a value is a character."""
        if not self.quote:
            return True
        if mark.start < self.at:
            return False
        read = self.outside.match(self.view, self.at, mark.start)
        end = read.end() if read else self.at
        if end == mark.start:
            self.at = mark.end
            return True
        closed = re.compile(self.body).match(self.view, end + 1)
        self.at = closed.end() if closed else len(self.view)
        return False
