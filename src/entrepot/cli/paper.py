"""What a screen is written on: so many columns, with colours or without."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from entrepot.cli.plainly import has_colours
from entrepot.cli.text import cut, pad, visible, width, wrapped

STYLES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "cyan": "36"}
LEAST, MOST = 40, 120
"""Columns that are used, whatever the terminal says it has."""
GAP = 2
LEAST_NOTE = 12


@dataclass(frozen=True, kw_only=True)
class Paper:
    columns: int = 80
    colours: bool = False

    def styled(self, text: str, style: str) -> str:
        return f"\x1b[{STYLES[style]}m{text}\x1b[0m" if self.colours and style and text else text

    def heading(self, text: str, note: str = "") -> Iterator[str]:
        """Stands apart from what is above it."""
        yield ""
        room = self.columns - width(text) - GAP
        beside = f"  {self.styled(cut(note, room), 'dim')}" if note and room >= LEAST_NOTE else ""
        yield self.styled(text, "bold") + beside

    def text(self, words: str, *, indent: int = 2, hang: int = 0, style: str = "") -> Iterator[str]:
        """Wrapped; lines after the first stand `hang` columns further in. `words` may be somebody else's."""
        lines = list(wrapped(visible(words), self.columns - indent - hang))
        for number, line in enumerate(lines):
            yield " " * (indent + (hang if number else 0)) + self.styled(line, style)

    def rows(
        self,
        headers: Sequence[str],
        rows: Sequence[Sequence[str]],
        *,
        least: Sequence[int] = (),
        right: Sequence[int] = (),
        styles: Sequence[str] = (),
    ) -> Iterator[str]:
        """A table that fits: columns are cut, the widest first, none below its `least`."""
        seen = [[visible(cell) for cell in row] for row in (headers, *rows)]
        widths = fitted([max(map(width, cells)) for cells in zip(*seen, strict=True)], self.columns - GAP, least)
        for number, row in enumerate(seen):
            cells = [
                pad(cut(cell, room), room, to_the_right=at in right)
                for at, (cell, room) in enumerate(zip(row, widths, strict=True))
            ]
            style = "dim" if number == 0 else styles[number - 1] if styles else ""
            yield "  " + self.styled((" " * GAP).join(cells).rstrip(), style)


def fitted(widths: Sequence[int], columns: int, least: Sequence[int] = ()) -> list[int]:
    """
    >>> fitted([10, 30, 5], 40)
    [10, 21, 5]
    """
    found = list(widths)
    floors = [min(low, have) for low, have in zip(least or [1] * len(found), found, strict=True)]
    too_many = sum(found) + GAP * (len(found) - 1) - columns
    while too_many > 0:
        spare = [have - low for have, low in zip(found, floors, strict=True)]
        widest = max((at for at, room in enumerate(spare) if room > 0), key=lambda at: found[at], default=None)
        if widest is None:
            break
        found[widest] -= 1
        too_many -= 1
    return found


def paper() -> Paper:
    """For standard output as it is."""
    columns = shutil.get_terminal_size((80, 24)).columns
    return Paper(columns=min(max(columns, LEAST), MOST), colours=has_colours(os.environ))
