"""How wide columns are, and which of them stand beside each other when not all of them fit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from heapq import nlargest

from entrepot.formats.pdf.theme import PAD_X, Theme
from entrepot.formats.pdf.wrap import WORDS
from entrepot.formats.rows import outgoing_kind
from entrepot.model.selection import Column
from entrepot.model.types import NUMBERS

SAMPLE_VALUES = 24
"""The longest of the first rows that are measured."""
SAMPLE_CHARACTERS = 400
NARROWEST, WIDEST = 26.0, 240.0
WRAPPED = 92.0
"""What a column of longer texts can be squeezed to."""
SPARE = 6.0
"""Later rows may be a character longer than the first ones."""
STRETCH, LITTLE_MORE = 0.62, 1.5
"""A table that fills this much of the line is stretched to all of it; others get a little more."""


@dataclass(frozen=True, kw_only=True)
class TableColumn:
    place: int
    """In the rows of the query."""
    header: str
    right: bool
    """Numbers end at the right edge."""
    wish: float
    """The width at which header and first values need no second line."""
    natural: float
    """The same within reason."""
    least: float
    width: float = 0.0

    @property
    def room(self) -> float:
        return self.width - 2 * PAD_X


def measured(columns: Sequence[Column], values: Sequence[Sequence[str | None]], theme: Theme) -> list[TableColumn]:
    """The columns of a query, as wide as header and first rows (`values`, per column) want them."""
    return [measured_column(place, column, values[place], theme) for place, column in enumerate(columns)]


def measured_column(place: int, column: Column, values: Sequence[str | None], theme: Theme) -> TableColumn:
    texts = [theme.regular.drawn(line) for line in longest_lines(values)]
    header = theme.column.face.clean(column.name)
    wish = max([theme.column.width(header), *map(theme.cell.width, texts)]) + 2 * PAD_X + SPARE
    natural = max(min(wish, WIDEST), NARROWEST)
    return TableColumn(
        place=place,
        header=header,
        right=outgoing_kind(column) in NUMBERS,
        wish=max(wish, NARROWEST),
        natural=natural,
        least=min(natural, least_width(header, texts, theme)),
    )


def longest_lines(values: Sequence[str | None]) -> list[str]:
    present = (value[:SAMPLE_CHARACTERS] for value in values if value)
    return [max(value.splitlines(), key=len, default="") for value in nlargest(SAMPLE_VALUES, present, key=len)]


def least_width(header: str, texts: Sequence[str], theme: Theme) -> float:
    """Words and numbers stay whole where they are of a usual length."""
    words = {word.rstrip() for text in texts for word in WORDS.findall(text)}
    widest = max([theme.column.width(header), *map(theme.cell.width, words)])
    return max(min(widest + 2 * PAD_X + SPARE, WRAPPED), NARROWEST)


def groups(columns: Sequence[TableColumn], key: Sequence[int], available: float) -> list[list[TableColumn]]:
    """Columns that fit beside each other at a readable size. The key stands first in every group."""
    if sum(column.least for column in columns) <= available:
        return [fitted(columns, available)]
    keys = leading_keys(columns, key, available)
    taken = {column.place for column in keys}
    return [fitted(group, available) for group in packed(keys, [c for c in columns if c.place not in taken], available)]


def leading_keys(columns: Sequence[TableColumn], key: Sequence[int], available: float) -> list[TableColumn]:
    """The key's columns, or the first column where there is none, as long as they leave room for others."""
    wanted = [column for column in columns if column.place in key] or list(columns[:1])
    return wanted if sum(column.natural for column in wanted) <= available / 3 else []


def packed(keys: Sequence[TableColumn], others: Sequence[TableColumn], available: float) -> Iterator[list[TableColumn]]:
    group, used = list(keys), sum(column.natural for column in keys)
    for column in others:
        wanted = max(column.least, min(column.natural, 2 * WRAPPED))
        if len(group) > len(keys) and used + wanted > available:
            yield group
            group, used = list(keys), sum(column.natural for column in keys)
        group.append(column)
        used += wanted
    yield group


def fitted(columns: Sequence[TableColumn], available: float) -> list[TableColumn]:
    """Natural widths if they fit, and what is left to columns of long texts; else all give what they can."""
    natural = sum(column.natural for column in columns)
    if natural <= available:
        return stretched(shared(columns, available - natural), available)
    least = sum(min(column.least, available) for column in columns)
    share = max(available - least, 0) / (natural - least) if natural > least else 0.0
    return [
        replace(column, width=min(column.least + (column.natural - column.least) * share, available))
        for column in columns
    ]


def shared(columns: Sequence[TableColumn], left: float) -> list[TableColumn]:
    """What is left, in parts of what each still wishes."""
    wishes = sum(column.wish - column.natural for column in columns)
    part = min(left / wishes, 1.0) if wishes else 0.0
    return [replace(column, width=column.natural + (column.wish - column.natural) * part) for column in columns]


def stretched(columns: Sequence[TableColumn], available: float) -> list[TableColumn]:
    """To the full line; a table much smaller than that stays small, so that its values stay together."""
    used = sum(column.width for column in columns)
    factor = available / used if used >= STRETCH * available else min(available / used, LITTLE_MORE)
    return [replace(column, width=column.width * factor) for column in columns]
