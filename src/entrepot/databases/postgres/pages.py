"""A large table in ranges of its pages: the same rows in the same order, read by several connections in turns."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle

from entrepot.databases.compile import ROWS, Compiler
from entrepot.model.ahead import ReadAhead
from entrepot.model.selection import Order, Query
from entrepot.model.templates import Chunk

RANGE_PAGES = 256
"""2 MB: some thousand rows, so that asking costs nothing beside reading."""
AHEAD_BYTES = 2 << 20


@dataclass(frozen=True, kw_only=True)
class Pages:
    """From one page to before another; the last range ends where the table ends."""

    first: int
    behind: int | None


ALL = Pages(first=0, behind=None)


@dataclass(frozen=True)
class PagesCompiler(Compiler):
    """Reads only what stands on some pages."""

    pages: Pages

    def source(self, query: Query) -> str:
        tests = [f"{ROWS}.ctid >= '({self.pages.first:d},0)'::pg_catalog.tid"]
        if self.pages.behind is not None:
            tests.append(f"{ROWS}.ctid < '({self.pages.behind:d},0)'::pg_catalog.tid")
        return f"{super().source(query)} WHERE {' AND '.join(tests)}"


def divisible(query: Query) -> bool:
    """Whether all rows are wanted, as they stand in the table. A condition might ask for what only one connection
    has, or choose another way through the table, and so another order."""
    conditional = query.where is not None or any(column.keep_when for column in query.columns)
    return not conditional and query.limit is None and query.order is Order.STORAGE


def ranges(within: Pages, pages: int) -> Iterator[Pages]:
    """All of these, in order; of a table with so many, and with whatever may stand behind them.

    >>> [(r.first, r.behind) for r in ranges(ALL, 600)]
    [(0, 256), (256, 512), (512, None)]
    """
    end = pages if within.behind is None else within.behind
    for first in range(within.first, end, RANGE_PAGES):
        behind = first + RANGE_PAGES
        yield Pages(first=first, behind=behind if behind < end else within.behind)


def in_turns(reads: Sequence[Callable[[Pages], Iterator[Chunk]]], asked: Iterator[Pages]) -> Iterator[Chunk]:
    """The chunks of all ranges, in order; while those of one are taken, the next is being read."""
    begun: deque[ReadAhead] = deque()
    try:
        for read, pages in zip(cycle(reads), asked, strict=False):
            begun.append(ReadAhead(read(pages), AHEAD_BYTES).begin())
            if len(begun) == len(reads):
                yield from begun[0]
                begun.popleft()
        while begun:
            yield from begun[0]
            begun.popleft()
    finally:
        for ahead in begun:
            ahead.close()
