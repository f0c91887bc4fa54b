"""Rows out of a cursor, so many at a time, or fewer where they are long: memory stays constant."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from typing import TypeVar

MOST_BYTES = 8 << 20
STEP = 16
"""Most rows asked for at a time: so many long ones may follow short ones unforeseen."""

Row = TypeVar("Row")


def fetched(cursor: sqlite3.Cursor, rows: int, weigh: Callable[[list[Row]], int]) -> Iterator[list[Row]]:
    """Lists of `rows` rows, the last one shorter, any one shorter that would weigh more than `MOST_BYTES`."""
    collected: list[Row] = []
    size, step = 0, 1
    while found := cursor.fetchmany(min(step, rows - len(collected))):
        weight = weigh(found)
        collected += found
        size += weight
        step = max(1, min(STEP, 2 * step, MOST_BYTES * len(found) // (weight + 1)))
        if len(collected) == rows or size > MOST_BYTES:
            yield collected
            collected, size = list[Row](), 0
    if collected:
        yield collected
