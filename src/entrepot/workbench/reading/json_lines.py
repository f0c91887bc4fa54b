"""NDJSON: a record a line. Blank lines are lines, but no records; what a line holds is not looked at here."""

from __future__ import annotations

from collections.abc import Iterator

from entrepot.workbench.reading.json_scan import fault
from entrepot.workbench.reading.json_split import SPACES, Piece
from entrepot.workbench.reading.json_window import Window

LONGEST_FIRST_LINE = 1 << 20
"""Where a file may be anything; one that is known to hold lines has no such limit."""


def lines(window: Window) -> Iterator[Piece]:
    while (end := whole_lines(window)) > window.at:
        start, whole = window.at, window.data[window.at : end]
        window.at = end
        texts = [text for line in whole.split(b"\n") if (text := line.strip(SPACES))]
        yield Piece(window=window, texts=texts, whole=whole, start=start)


def whole_lines(window: Window) -> int:
    """Where the last line that is known to be whole ends."""
    window.fill()
    while not (end := window.data.rfind(b"\n", window.at) + 1):
        if not window.more():
            return len(window.data)
    return end


def begins_with_lines(window: Window) -> bool:
    """Whether a file of unknown form holds an object a line: its first line is a whole object, and more follows."""
    if window.peek() != b"{":
        return False
    while True:
        first, _, rest = window.data[window.at :].partition(b"\n")
        if rest.strip(SPACES):
            return fault(first.strip(SPACES)) is None
        if len(window.data) > LONGEST_FIRST_LINE or not window.more():
            return False
