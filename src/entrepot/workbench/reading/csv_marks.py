"""The lines that name the sections of a CSV file: `[users]`, `# users`, or `users` with nothing else on the line.

What could be meant otherwise is none: a name without brackets stands behind a blank line and in front of a table of
several columns. Programs fill such lines, and blank ones, with delimiters.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from mmap import mmap

BLANKS = b",;\t| \r\n"
BLANK = rb"[,;\t| \r]*+\n"
END = rb"\"?[,;\t| \r]*+(?=\n|\Z)"
VALUE = rb"[^,;\t| \r\n]"
ROW = rb"[^\n]{0,10000}?" + VALUE + rb"[ \"]{0,9}[,;\t|]+[ \"]{0,9}" + VALUE
"""A line with two values."""
NAME = rb"(?P<name>[a-zA-Z_\x80-\xff](?:[\w\x80-\xff .&/-]{0,98}[\w\x80-\xff])?) *:?"
BEHIND_ROWS = rb"(?=\n(?:" + BLANK + rb")*+" + ROW + rb")"
BRACKETS, HASH, ALONE = rb"\[", rb"#+ *", rb""
KINDS = (BRACKETS, HASH, ALONE)
"""The surest first."""
IN_BRACKETS = re.compile(rb"\[ *+(?P<name>[^\[\]\"\r\n,;\t|]{1,100}?) *\]" + END)
FOLLOWED = re.compile(BEHIND_ROWS)
BLANK_LINES = re.compile(rb"(?:" + BLANK + rb")*+")
ANY_ROW = re.compile(rb"^" + ROW, re.MULTILINE)
NEAR = 200


@dataclass(frozen=True, kw_only=True)
class Mark:
    name: bytes
    start: int
    """The byte where its line begins."""
    end: int
    """Where its line ends."""
    followed: bool
    """Whether a table of several columns comes next."""


def marks(view: mmap, start: int, kind: bytes, behind: Callable[[], int]) -> Iterator[Mark]:
    """What may be one; quotes are not looked at. `behind` says what need not be: asked again after each."""
    yield from (_in_brackets if kind == BRACKETS else partial(_behind_blank_lines, kind))(view, start, behind)


def begins_with_mark(view: mmap, start: int) -> bool:
    """Whether the first line that is not blank is one."""
    first = first_line(view, start)
    return any(mark.start == first for kind in KINDS for mark in _first(view, first, kind))


def rows_in(view: mmap, start: int, end: int) -> bool:
    """Whether any line there has two values."""
    return ANY_ROW.search(view, start, end) is not None


def trimmed(view: mmap, start: int, end: int) -> tuple[int, int]:
    """Without blank lines in front and behind."""
    begin = min(first_line(view, start), end)
    while end > begin:
        line = view.rfind(b"\n", begin, end - 1) + 1 or begin
        if view[line:end].strip(BLANKS):
            break
        end = line
    return begin, end


def is_followed(view: mmap, end: int) -> bool:
    return FOLLOWED.match(view, end) is not None


def first_line(view: mmap, start: int) -> int:
    """Where the first line begins that is not blank."""
    found = BLANK_LINES.match(view, start)
    return found.end() if found else start


def _first(view: mmap, at: int, kind: bytes) -> Iterator[Mark]:
    pattern = IN_BRACKETS if kind == BRACKETS else re.compile(kind + NAME + END + BEHIND_ROWS)
    found = pattern.match(view, at + view[at : at + 1].count(b'"'))
    if found:
        yield Mark(name=found["name"], start=at, end=found.end(), followed=is_followed(view, found.end()))


def _in_brackets(view: mmap, start: int, behind: Callable[[], int]) -> Iterator[Mark]:
    for found in _each(IN_BRACKETS, view, start, behind):
        line = found.start() - (view[max(start, found.start() - 1) : found.start()] == b'"')
        if line > start and view[line - 1 : line] != b"\n":
            continue
        above = view[max(start, line - NEAR) : line].rstrip(BLANKS)
        apart = view[max(start, line - NEAR) + len(above) : line].count(b"\n") > 1 or line == start
        followed = is_followed(view, found.end())
        if apart or followed:
            yield Mark(name=found["name"], start=line, end=found.end(), followed=followed)


def _behind_blank_lines(kind: bytes, view: mmap, start: int, behind: Callable[[], int]) -> Iterator[Mark]:
    first = first_line(view, start)
    yield from _first(view, first, kind)
    pattern = re.compile(rb"\n(?:" + BLANK + rb")++(?P<line>\"?" + kind + NAME + END + rb")" + BEHIND_ROWS)
    for found in _each(pattern, view, start, behind):
        if found.start("line") > first:
            yield Mark(name=found["name"], start=found.start("line"), end=found.end(), followed=True)


def _each(pattern: re.Pattern[bytes], view: mmap, start: int, behind: Callable[[], int]) -> Iterator[re.Match[bytes]]:
    at = start
    while found := pattern.search(view, at):
        yield found
        at = max(found.end(), behind())
