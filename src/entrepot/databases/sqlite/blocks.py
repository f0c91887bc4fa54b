"""A block of rows by columns: SQLite joins the values of each column, we put them between each other.

Joining a column is nearly free, joining a row is not: SQLite copies it at every `||`. And what a column needs is known
better of a thousand values than of one: whether any has a quote is a single search, where SQL asks about each. So a
column has several ways, quickest first. One that was not made for the values of a block is followed by the next one.

Must stay light: the processes of `reader` import it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

from entrepot.databases.sqlite.pieces import NUL, SEPARATOR, Piece, Way, is_utf8, literal, merged, rows_of

MOST_BYTES = 32 << 20
"""The longest slice; longer rows are rendered one by one."""
SHORTEST_LIMIT = 1 << 20
"""For one of very many columns."""
OFTEN = 4
"""A way that misses every so many-th block is given up."""


@dataclass(kw_only=True)
class Slotted:
    """A column of the template, and what was learnt of it."""

    ways: Sequence[Way]
    first: int = 0
    """The way that is tried first."""
    seen: int = 0
    missed: int = 0

    def note(self, used: int) -> None:
        self.seen += 1
        self.missed += used > self.first
        if self.missed > 1 and self.missed * OFTEN > self.seen:
            self.first, self.seen, self.missed = self.first + 1, 0, 0


class Renderer(Protocol):
    """Renders the rows between two rowids."""

    def rendered(self, connection: sqlite3.Connection, first: int, last: int) -> tuple[int, bytes] | None:
        """The number of rows and their bytes; None where it is not made for these rows."""
        ...

    def told(self) -> dict[str, object]:
        """All that another process needs to make the same of it (`heard`)."""
        ...


@dataclass(frozen=True, kw_only=True)
class Statement:
    """Whole rows by one statement into one value."""

    sql: str

    def rendered(self, connection: sqlite3.Connection, first: int, last: int) -> tuple[int, bytes] | None:
        with at_most(connection, MOST_BYTES):
            data, rows = connection.execute(self.sql, (first, last)).fetchone()
            return (rows, data) if NUL.encode() not in data and is_utf8(data) else None
        return None

    def told(self) -> dict[str, object]:
        return {"sql": self.sql}


@dataclass(kw_only=True)
class Blocks:
    """Rows put together of their columns."""

    source: str
    """FROM and the rest, with the first and the last rowid bound."""
    ordered: bool
    """Whether `source` asks for an order. Its rows are then read before they are joined, in the order they have."""
    parts: Sequence[str | Slotted]
    columns: list[Slotted] = field(init=False)
    even: bool = field(init=False)
    """Whether all columns are parted by the same."""

    def __post_init__(self) -> None:
        self.columns = [part for part in self.parts if isinstance(part, Slotted)]
        self.even = len({part for part in self.parts[1:-1] if isinstance(part, str)}) == 1

    def rendered(self, connection: sqlite3.Connection, first: int, last: int) -> tuple[int, bytes] | None:
        with at_most(connection, max(SHORTEST_LIMIT, MOST_BYTES // 2 // len(self.columns))):
            return self._rendered(connection, first, last)
        return None

    def told(self) -> dict[str, object]:
        parts = [part if isinstance(part, str) else [asdict(way) for way in part.ways] for part in self.parts]
        return {"source": self.source, "ordered": self.ordered, "parts": parts}

    def _rendered(self, connection: sqlite3.Connection, first: int, last: int) -> tuple[int, bytes] | None:
        wanted = {number: column.first for number, column in enumerate(self.columns)}
        pieces: dict[int, list[Piece]] = {}
        rows = 0
        while wanted:
            ways = [(number, self.columns[number].ways[level]) for number, level in wanted.items()]
            statement = self._statement([way.sql for _, way in ways])
            rows, *found = connection.execute(statement, (first, last)).fetchone()
            pairs = zip(ways, found, strict=True)
            made = {number: way.pieces(text or b"", rows, inside=self.even) for (number, way), text in pairs}
            pieces |= {number: part for number, part in made.items() if part is not None}
            self._learn(wanted, pieces)
            wanted = {number: wanted[number] + 1 for number, part in made.items() if part is None}
            if any(level == len(self.columns[number].ways) for number, level in wanted.items()):
                return None
        return rows, self._assembled(pieces)

    def _statement(self, columns: Sequence[str]) -> str:
        """How many rows there are, and all values of each column."""
        source = self.source
        if self.ordered:
            named = ", ".join(f"{sql} AS v{number}" for number, sql in enumerate(columns))
            source, columns = f" FROM (SELECT {named}{source})", [f"v{number}" for number in range(len(columns))]
        values = ", ".join(f"CAST(group_concat({sql}, {literal(SEPARATOR)}) AS BLOB)" for sql in columns)
        return f"SELECT count(*), {values}{source}"

    def _learn(self, used: dict[int, int], pieces: dict[int, list[Piece]]) -> None:
        for number, level in used.items():
            if number in pieces:
                self.columns[number].note(level)

    def _assembled(self, pieces: dict[int, list[Piece]]) -> bytes:
        number, parts = 0, list[Piece]()
        for part in self.parts:
            if isinstance(part, str):
                parts.append(part.encode())
            else:
                parts += pieces[number]
                number += 1
        return rows_of(merged(parts))


@contextmanager
def at_most(connection: sqlite3.Connection, length: int) -> Iterator[None]:
    """SQLite stops where a value would be longer; then the block ends early, and nothing comes of it."""
    usual = connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, length)
    try:
        with suppress(sqlite3.DataError):
            yield
    finally:
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, usual)


def heard(words: Mapping[str, Any]) -> Renderer:
    """What a renderer told."""
    if "sql" in words:
        return Statement(sql=words["sql"])
    parts = [part if isinstance(part, str) else Slotted(ways=[Way(**way) for way in part]) for part in words["parts"]]
    return Blocks(source=words["source"], ordered=words["ordered"], parts=parts)
