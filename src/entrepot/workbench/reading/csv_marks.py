"""The lines that name the sections of a CSV file: `[users]`, `# users`, or `users` with nothing else on the line.

What could be meant otherwise is none: in front of each but the first stands a blank line, and behind a name without
brackets a table of several columns. Programs fill such lines, and blank ones, with delimiters.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from mmap import mmap

BLANKS = b",;\t| \r\n"
BLANK = rb"[,;\t| \r]*+\n"
QUOTE, CLOSED = rb"(?P<quote>\")?", rb"(?(quote)\")"
END = CLOSED + rb"[,;\t| \r]*+(?=\n|\Z)"
VALUE = rb"[^,;\t| \r\n]"
QUOTED = rb"\"(?:[^\"]|\"\"){0,10000}+\"(?= *+(?:[,;\t|\r\n]|\Z))"
ROW = rb"[,;\t| ]*+(?>" + QUOTED + rb"|" + VALUE + rb"[^,;\t|\r\n]{0,10000}+) *+[,;\t|][,;\t| ]*+" + VALUE
"""A line with two values. A delimiter within quotes parts none."""
NAME = rb"(?P<name>[a-zA-Z_\x80-\xff](?:[\w\x80-\xff .&/-]{0,98}[\w\x80-\xff])?) *:?"
BEHIND_ROWS = rb"(?=\n(?:" + BLANK + rb")*+" + ROW + rb")"
BRACKETS, HASH, ALONE = rb"\[", rb"#+ *", rb""
KINDS = (BRACKETS, HASH, ALONE)
"""The surest first."""
BRACKETED = QUOTE + rb"\[ *+(?P<name>[^\[\]\"\r\n,;\t|]{1,100}?) *\]"
LINES = {
    BRACKETS: BRACKETED + END,
    HASH: QUOTE + HASH + NAME + END + BEHIND_ROWS,
    ALONE: QUOTE + ALONE + NAME + END + BEHIND_ROWS,
}
BEHIND_BLANK = rb"\n(?<=[,;\t| \r\n]\n)"
"""So that blank lines are not read again from each of them; whether there is a value is looked at afterwards."""
FOLLOWED = re.compile(BEHIND_ROWS)
BLANK_LINES = re.compile(rb"(?:" + BLANK + rb")*+")
ANY_ROW = re.compile(rb"^" + ROW, re.MULTILINE)
NEXT = 65_536
IN_QUOTES = re.compile(rb"(?<![^,;\t|\n])\"(?:[^\"]|\"\")*+\"")


@dataclass(frozen=True, kw_only=True)
class Mark:
    name: bytes
    start: int
    """The byte where its line begins."""
    end: int
    """Where its line ends."""
    followed: bool
    """Whether a table of several columns comes next."""
    filled: bool
    """Whether delimiters fill its line up."""


def marks(view: mmap, start: int, kind: bytes, behind: Callable[[], int]) -> Iterator[Mark]:
    """What may be one; quotes are not looked at. `behind` says what need not be: asked again after each."""
    first = first_line(view, start)
    yield from _first(view, first, kind)
    for mark in _each(re.compile(BEHIND_BLANK + rb"(?P<line>" + LINES[kind] + rb")"), view, start, behind):
        if mark.start > first and _is_behind_blank(view, start, mark.start):
            yield mark


def unclear(view: mmap, start: int, behind: Callable[[], int], *, filled: bool) -> Iterator[Mark]:
    """Names in brackets that stand between rows: what else they would be is a value, if their lines are filled up."""
    end = END if filled else CLOSED + rb"[ \r]*+(?=\n)"
    for mark in _each(re.compile(rb"\n(?P<line>" + BRACKETED + end + rb")" + BEHIND_ROWS), view, start, behind):
        if not _is_behind_blank(view, start, mark.start):
            yield mark


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


def is_table(view: mmap, mark: Mark) -> bool:
    """Whether two records with equally many values come next: a sentence with a comma is none."""
    start = first_line(view, mark.end + 1)
    two = IN_QUOTES.sub(b"q", b"\n" + view[start : start + NEXT]).split(b"\n")[1:3]
    if len(two) < 2 or not two[1].strip(BLANKS):
        return False
    return any(two[0].count(each) == two[1].count(each) > 0 for each in (b",", b";", b"\t", b"|"))


def first_line(view: mmap, start: int) -> int:
    """Where the first line begins that is not blank."""
    found = BLANK_LINES.match(view, start)
    return found.end() if found else start


def _first(view: mmap, at: int, kind: bytes) -> Iterator[Mark]:
    found = re.compile(rb"(?P<line>" + LINES[kind] + rb")").match(view, at)
    if found:
        yield _mark(view, found)


def _mark(view: mmap, found: re.Match[bytes]) -> Mark:
    rest = view[found.end("name") : found.end()]
    return Mark(
        name=found["name"],
        start=found.start("line"),
        end=found.end(),
        followed=is_followed(view, found.end()),
        filled=rest.strip(b'": ]\r') != b"",
    )


def _is_behind_blank(view: mmap, start: int, line: int) -> bool:
    above = view.rfind(b"\n", start, line - 1) + 1 or start
    return not view[above:line].strip(BLANKS)


def _each(pattern: re.Pattern[bytes], view: mmap, start: int, behind: Callable[[], int]) -> Iterator[Mark]:
    at = start
    while found := pattern.search(view, at):
        yield _mark(view, found)
        at = max(found.end(), behind())
