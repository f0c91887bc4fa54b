"""Column widths from the header and the first rows, so that a sheet can be read as it opens."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from entrepot.model.ports import RowSource
from entrepot.model.selection import Order, Query

SAMPLE_ROWS = 100
NARROWEST, WIDEST = 6, 60
ARROW = 3
"""Room for the filter's arrow beside the header."""


def column_widths(query: Query, source: RowSource) -> list[int]:
    """In characters."""
    headers = [len(column.name) + ARROW for column in query.columns]
    for values in sample(query, source):
        headers = [max(old, new) for old, new in zip(headers, map(longest, values), strict=True)]
    return [min(max(width, NARROWEST), WIDEST) for width in headers]


def sample(query: Query, source: RowSource, rows: int = SAMPLE_ROWS) -> Iterator[list[list[str | None]]]:
    """The first rows, as lists of values per column."""
    limit = rows if query.limit is None else min(rows, query.limit)
    for batch in source.batches(replace(query, limit=limit, order=Order.STORAGE), rows):
        yield [batch.column(number).to_pylist() for number in range(batch.num_columns)]


def longest(values: Sequence[str | None]) -> int:
    return max((len(line) for value in values if value for line in value[:1000].splitlines()), default=0) + 1
