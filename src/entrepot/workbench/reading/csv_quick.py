"""The plain way: DuckDB reads the bytes while they are proven to be what it reads right."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

import duckdb

from entrepot.model.errors import InputError
from entrepot.workbench.borders import TOO_LONG, RowBorders, usual_row
from entrepot.workbench.csv_feed import Feed
from entrepot.workbench.reading.csv_plain import LongRowError, NotPlainError, Plain, PlainRows
from entrepot.workbench.reading.csv_shape import Shape
from entrepot.workbench.reading.survey import is_utf8
from entrepot.workbench.reading.tables import create_tables
from entrepot.workbench.reading.text import TextFile
from entrepot.workbench.source import Database

Taken = TypeVar("Taken")
FAULTS = (duckdb.InvalidInputException, duckdb.ConversionException, InputError, NotPlainError)


class PlainBorders(RowBorders):
    """The proof knows already whether a block ends within a value, which few do."""

    def __init__(self, plain: Plain, longest: int) -> None:
        super().__init__(quote=plain.quote, longest_row_bytes=longest)
        self.plain = plain

    def take(self, data: bytes) -> None:
        if self.plain.inside or self.open_bytes + len(data) > self.longest:
            super().take(data)
        else:
            self.quotes = self.open_bytes = 0


@dataclass(kw_only=True)
class WholeFeed(Feed):
    """Nothing is left out of what it is given."""

    plain: Plain | None = None
    """What proves its blocks to be plain, if anything does."""

    def body(self) -> Iterator[bytes]:
        return self.check.blocks()

    def borders(self) -> RowBorders:
        return PlainBorders(self.plain, self.row_bytes) if self.plain else super().borders()


def with_room(database: Database, take: Callable[[int], Taken]) -> Taken:
    """What `take` makes of rows that are no longer than usual, or else of any. DuckDB parses what was found plain while
    the next bytes are looked at, but only once its buffer is full."""
    try:
        return take(usual_row(database.memory_bytes))
    except LongRowError:
        return take(database.longest_row_bytes)


def stage_plain(database: Database, text: TextFile, shape: Shape) -> int:
    """Fill `staged`; how many records. Raises NotPlainError, with some of the records staged."""
    if text.encoding == "utf-8" and not text.sound and not is_utf8(text.path):
        raise NotPlainError("wrong bytes")
    return with_room(database, partial(staged_rows, database, text, shape))


def staged_rows(database: Database, text: TextFile, shape: Shape, longest: int) -> int:
    create_tables(database.connection, len(shape.names))
    rows = plain_rows(text, shape, longest)
    width = len(shape.names)
    feed = WholeFeed(check=rows, skip_first=False, columns=width, row_bytes=longest, plain=rows.plain)
    staged = 0
    try:
        with closing(feed.rounds()) as rounds:
            for names in rounds:
                staged += insert(database, database.csv(names, width, rows.dialect, longest), staged)
    except FAULTS as error:
        raise not_plain(error) from error
    if staged != rows.plain.records or rows.plain.delimiters != staged * (width - 1):
        raise NotPlainError("counted otherwise")
    return staged


def not_plain(error: Exception) -> NotPlainError:
    """What was wrong with the rows."""
    if isinstance(error, InputError) and error.code == TOO_LONG:
        return LongRowError("a long record")
    return error if isinstance(error, NotPlainError) else NotPlainError("a record that is none")


def plain_rows(text: TextFile, shape: Shape, longest: int) -> PlainRows:
    plain = Plain(dialect=shape.dialect, alone=len(shape.names) == 1)
    return PlainRows(text=text, plain=plain, start=shape.start, longest=longest)


def insert(database: Database, source: str, before: int) -> int:
    """DuckDB reads with one thread, and nothing is left out: the rows come as they stand."""
    done = database.connection.execute(f"INSERT INTO staged SELECT {before} + row_number() OVER (), * FROM {source}")
    return int(done.fetchall()[0][0])
