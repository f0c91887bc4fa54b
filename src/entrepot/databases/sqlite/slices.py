"""A large table rendered in slices of its rowids, on two connections at a time.

A slice is one step of SQLite that returns one value, so the interpreter is free while it runs: two threads really
use two processors. Slices come out in their order, each of exactly the rows that a chunk has.
"""

from __future__ import annotations

import sqlite3
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from queue import SimpleQueue

from entrepot.databases.compile import ROWS
from entrepot.databases.sqlite.compile import SqliteCompiler
from entrepot.databases.sqlite.dialect import free_rowid
from entrepot.databases.sqlite.snapshot import Held
from entrepot.model.predicates import And, InRowSet, Not, Or, Predicate, Related
from entrepot.model.selection import Order, Query
from entrepot.model.templates import Chunk, RowTemplate

LOWEST, HIGHEST = -(2**63), 2**63 - 1
AHEAD = 2
"""Slices per connection that are under way or waiting to be taken: memory stays constant."""


def sliceable(query: Query) -> str | None:
    """The rowid to cut by; None where rows have another order, or depend on what only one connection has."""
    rowid = free_rowid(query.entity)
    predicates = (query.where, *(column.keep_when for column in query.columns))
    if rowid is None or query.limit is not None or query.order is not Order.STORAGE or any(map(_private, predicates)):
        return None
    return f"{ROWS}.{rowid}"


def _private(predicate: Predicate | None) -> bool:
    """Whether it asks a row set, which is a temporary table of one connection."""
    match predicate:
        case InRowSet():
            return True
        case And(items) | Or(items):
            return any(map(_private, items))
        case Not(item):
            return _private(item)
        case Related(where=where):
            return _private(where)
        case _:
            return False


@dataclass(frozen=True, kw_only=True)
class Slices:
    """One query and template, cut by `rowid`. The connection finds the borders, its helpers render."""

    compiler: SqliteCompiler
    query: Query
    template: RowTemplate
    rowid: str
    held: Held
    examine: Callable[[Chunk], Chunk]
    """Called with each slice in the thread that rendered it; passes it on or raises."""
    free: SimpleQueue[sqlite3.Connection] = field(default_factory=SimpleQueue)

    def chunks(self, rows: int, skipped: int) -> Iterator[Chunk]:
        """Chunks of `rows` rows after the first `skipped`. Ends only when no thread works any more."""
        statement = self.compiler.slice(self.query, self.template, self.rowid)
        for helper in self.held.helpers:
            self.free.put(helper)
        running: deque[Future[Chunk]] = deque()
        pool = ThreadPoolExecutor(len(self.held.helpers), thread_name_prefix="entrepot-sqlite")
        try:
            for first, last in self._borders(rows, skipped):
                running.append(pool.submit(self._rendered, statement, first, last))
                if len(running) > AHEAD * len(self.held.helpers):
                    yield running.popleft().result()
            while running:
                yield running.popleft().result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)

    def _borders(self, rows: int, skipped: int) -> Iterator[tuple[int, int]]:
        """First and last rowid of each slice."""
        first = self._row(LOWEST, skipped)
        while first is not None:
            following = self._row(first, rows)
            yield first, HIGHEST if following is None else following - 1
            first = following

    def _row(self, start: int, distance: int) -> int | None:
        found = self.held.connection.execute(
            self.compiler.border(self.query, self.rowid), (start, HIGHEST, distance)
        ).fetchone()
        return None if found is None else int(found[0])

    def _rendered(self, statement: str, first: int, last: int) -> Chunk:
        helper = self.free.get()
        try:
            data, rows = helper.execute(statement, (first, last)).fetchone()
        finally:
            self.free.put(helper)
        return self.examine(Chunk(data=data, rows=rows))
