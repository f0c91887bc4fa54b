"""A large table rendered in slices of its rowids: by this process alone at first, then by several.

A slice is exactly as many rows as a chunk has. Slices come out in order.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from entrepot.databases.compile import ROWS
from entrepot.databases.sqlite.blocks import Renderer
from entrepot.databases.sqlite.compile import SqliteCompiler
from entrepot.databases.sqlite.dialect import free_rowid
from entrepot.databases.sqlite.readers import Reader, UnfitError, in_order, reading
from entrepot.databases.sqlite.snapshot import Held
from entrepot.model.predicates import And, InRowSet, Not, Or, Predicate, Related
from entrepot.model.selection import Order, Query
from entrepot.model.templates import Chunk

LOWEST, HIGHEST = -(2**63), 2**63 - 1
ALONE = 16
"""Slices before it pays to start processes."""
AHEAD = 3
"""Slices asked of a process at a time: it never waits, and memory stays constant."""


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


def ready(readers: Sequence[Reader]) -> bool:
    return sum(reader.poll() for reader in readers) == len(readers)


@dataclass(frozen=True, kw_only=True)
class Slices:
    """One query, cut by `rowid`."""

    renderer: Renderer
    compiler: SqliteCompiler
    query: Query
    rowid: str
    held: Held

    def chunks(self, rows: int, skipped: int) -> Iterator[Chunk]:
        """Chunks of `rows` rows after the first `skipped`."""
        borders = self._borders(rows, skipped)
        for first, last in islice(borders, ALONE):
            yield self._here(first, last)
        for first, last in islice(borders, 1):
            with reading(self.held.path, self.renderer) as readers:
                yield self._here(first, last)
                yield from self._together(borders, readers)

    def _together(self, borders: Iterator[tuple[int, int]], readers: list[Reader]) -> Iterator[Chunk]:
        """Here until all processes see the file; if it changed before they did, here to the end."""
        self.held.readers.extend(readers)
        for first, last in borders:
            yield self._here(first, last)
            if readers and ready(readers):
                if self.held.is_unchanged():
                    yield from in_order(readers, borders, AHEAD)
                readers = []

    def _borders(self, rows: int, skipped: int) -> Iterator[tuple[int, int]]:
        """First and last rowid of each slice."""
        first = self._row(LOWEST, skipped)
        while first is not None:
            following = self._row(first, rows)
            yield first, HIGHEST if following is None else following - 1
            first = following

    def _row(self, start: int, distance: int) -> int | None:
        found = self.held.connection.execute(self.compiler.border(self.query, self.rowid), (start, HIGHEST, distance))
        row = found.fetchone()
        return None if row is None else int(row[0])

    def _here(self, first: int, last: int) -> Chunk:
        found = self.renderer.rendered(self.held.connection, first, last)
        if found is None:
            raise UnfitError
        rows, data = found
        return Chunk(data=data, rows=rows)
