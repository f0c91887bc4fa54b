"""One entity's rows as pages: wrapped cells, repeated header, rows that may go on on the next page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from entrepot.formats.pdf.book import Book
from entrepot.formats.pdf.columns import TableColumn
from entrepot.formats.pdf.direction import joined
from entrepot.formats.pdf.heading import draw_heading, heading_height
from entrepot.formats.pdf.page import Page, Style
from entrepot.formats.pdf.section import Section
from entrepot.formats.pdf.theme import BAND, CELL_SIZE, HEAD, LEADING, PAD_X, PAD_Y, RULE
from entrepot.formats.pdf.wrap import wrap

Lines = tuple[str, ...]
NULL: Lines = ("–",)
"""Told from a text that happens to be a dash by identity, and drawn in grey."""
ASCENT = 0.76 * CELL_SIZE


@dataclass(frozen=True, kw_only=True)
class Band:
    """A row, or the part of a row that fits on a page. One tuple of lines per column of all groups."""

    number: int
    cells: tuple[Lines, ...]
    height: float


@dataclass(kw_only=True)
class Table:
    """Fills page after page; holds the rows of one page."""

    book: Book
    section: Section
    groups: list[list[TableColumn]]
    pages: int = 0
    rows: int = 0
    _bands: list[Band] = field(default_factory=list)
    _used: float = 0.0

    def __post_init__(self) -> None:
        self._cells: list[Callable[[str | None], Lines]] = [
            self._cell_maker(column) for group in self.groups for column in group
        ]
        self._places = [column.place for group in self.groups for column in group]
        self._headers = [[self._header(column) for column in group] for group in self.groups]

    def add(self, rows: Iterable[Sequence[str | None]]) -> None:
        places, makers = self._places, self._cells
        for row in rows:
            self.rows += 1
            self._place(tuple([make(row[place]) for make, place in zip(makers, places, strict=True)]))

    def close(self) -> None:
        """What is left; a table without rows has a page too."""
        if self._bands or not self.pages:
            self._flush()

    def _cell_maker(self, column: TableColumn) -> Callable[[str | None], Lines]:
        face = self.book.theme.regular
        room, widths, clean = column.room / CELL_SIZE, face.widths, face.clean

        def make(value: str | None) -> Lines:
            if value is None:
                return NULL
            text = clean(value)
            return wrap(text if text.isascii() else joined(text), room, widths)

        return make

    def _header(self, column: TableColumn) -> Lines:
        return wrap(column.header, column.room / CELL_SIZE, self.book.theme.bold.widths)

    def _place(self, cells: tuple[Lines, ...]) -> None:
        lines = max(map(len, cells), default=1)
        height = lines * LEADING + 2 * PAD_Y
        if self._used + height > self._room():
            self._flush_if_begun()
        if height <= self._room():
            self._take(cells, height)
        else:
            self._divide(cells, lines)

    def _divide(self, cells: tuple[Lines, ...], lines: int) -> None:
        """A row that no page can hold goes on on the next."""
        done = 0
        while done < lines:
            fits = max(int((self._room() - 2 * PAD_Y) // LEADING), 1)
            part = tuple([NULL if cell is NULL and not done else cell[done : done + fits] for cell in cells])
            self._take(part, min(fits, lines - done) * LEADING + 2 * PAD_Y)
            done += fits
            if done < lines:
                self._flush()

    def _take(self, cells: tuple[Lines, ...], height: float) -> None:
        self._bands.append(Band(number=self.rows, cells=cells, height=height))
        self._used += height

    def _room(self) -> float:
        return self._body_top() - self.book.bottom

    def _body_top(self) -> float:
        return self.book.top - heading_height(self.book, self.section, first=not self.pages) - self._header_height()

    def _header_height(self) -> float:
        lines = max((len(header) for group in self._headers for header in group), default=1)
        return lines * LEADING + 2 * PAD_Y + 2

    def _flush_if_begun(self) -> None:
        if self._bands:
            self._flush()

    def _flush(self) -> None:
        """One page per group of columns, all with the same rows."""
        start, top = 0, self._body_top()
        for group, headers in zip(self.groups, self._headers, strict=True):
            first = not self.pages and start == 0
            with self.book.page(self.section.page if first else None) as page:
                draw_heading(self.book, page, self.section, first=not self.pages, note=self._note(start, len(group)))
                self._draw_header(page, group, headers, top)
                self._draw_bands(page, group, start, top)
            start += len(group)
        self.pages += 1
        self._bands.clear()
        self._used = 0.0

    def _note(self, start: int, count: int) -> str:
        """Which part of the table a page shows."""
        parts = []
        if self._bands:
            first, last = self._bands[0].number, self._bands[-1].number
            parts.append(f"row {first:,}" if first == last else f"rows {first:,} to {last:,}")
        if len(self.groups) > 1:
            number = next(n for n, at in enumerate(self._starts(), 1) if at == start)
            parts.append(f"columns part {number} of {len(self.groups)}")
        return ", ".join(parts)

    def _starts(self) -> Iterator[int]:
        at = 0
        for group in self.groups:
            yield at
            at += len(group)

    def _draw_header(self, page: Page, group: Sequence[TableColumn], headers: Sequence[Lines], top: float) -> None:
        style, height = self.book.theme.column, self._header_height()
        page.box(self.book.left, top, sum(column.width for column in group), height, HEAD)
        x = self.book.left
        for column, lines in zip(group, headers, strict=True):
            y = top + PAD_Y + 2.4 + (len(lines) - 1) * LEADING
            for line in lines:
                put(page, column, (x, y), line.rstrip(), style)
                y -= LEADING
            x += column.width

    def _draw_bands(self, page: Page, group: Sequence[TableColumn], start: int, top: float) -> None:
        width = sum(column.width for column in group)
        if not self._bands:
            page.text(self.book.left + PAD_X, top - 16, "No rows.", self.book.theme.label)
        for band in self._bands:
            top -= band.height
            if band.number % 2 == 0:
                page.box(self.book.left, top, width, band.height, BAND)
            self._draw_cells(page, group, band.cells[start : start + len(group)], top + band.height)
        page.line(self.book.left, top, self.book.left + width, RULE, 0.5)

    def _draw_cells(self, page: Page, group: Sequence[TableColumn], cells: Sequence[Lines], top: float) -> None:
        cell, null = self.book.theme.cell, self.book.theme.null
        x = self.book.left
        for column, lines in zip(group, cells, strict=True):
            y = top - PAD_Y - ASCENT - 0.6
            style = null if lines is NULL else cell
            for line in lines:
                put(page, column, (x, y), line.rstrip() if len(lines) > 1 else line, style)
                y -= LEADING
            x += column.width


def put(page: Page, column: TableColumn, place: tuple[float, float], line: str, style: Style) -> None:
    x, y = place
    if not line:
        return
    if column.right:
        page.right(x + column.width - PAD_X, y, line, style)
    else:
        page.text(x + PAD_X, y, line, style)
