"""The contents: every entity with its rows, its filter and its page."""

from __future__ import annotations

from collections.abc import Sequence

from entrepot.formats.pdf.book import Book
from entrepot.formats.pdf.page import Page
from entrepot.formats.pdf.section import Section
from entrepot.formats.pdf.theme import HEAD, RULE
from entrepot.formats.pdf.wrap import shortened

STEP = 19.0
ROWS_AT, FIELDS_AT, FILTER_AT = 300.0, 360.0, 384.0
"""Right edges of two columns of numbers, left edge of the filters; from the left margin."""
PAGE_WIDTH = 50.0


def draw_contents(book: Book, sections: Sequence[Section], first: int) -> None:
    """As many pages as it takes; `first` is the object of the first one."""
    per_page = int((book.top - book.bottom - 62) // STEP)
    for start in range(0, len(sections), per_page):
        with book.page(first if start == 0 else None) as page:
            heading = "Contents" if start == 0 else "Contents (continued)"
            page.text(book.left, book.top - 12, heading, book.theme.heading)
            draw_head(book, page, book.top - 40)
            for number, section in enumerate(sections[start : start + per_page]):
                draw_line(book, page, book.top - 60 - number * STEP, section)


def draw_head(book: Book, page: Page, y: float) -> None:
    style = book.theme.column
    page.box(book.left, y - 6, book.right - book.left, 18, HEAD)
    page.text(book.left + 6, y, "Entity", style)
    page.right(book.left + ROWS_AT, y, "Rows", style)
    page.right(book.left + FIELDS_AT, y, "Fields", style)
    page.text(book.left + FILTER_AT, y, "Filter", style)
    page.right(book.right - 6, y, "Page", style)


def draw_line(book: Book, page: Page, y: float, section: Section) -> None:
    body, label = book.theme.body, book.theme.label
    widths = body.face.widths
    page.text(book.left + 6, y, shortened(section.title, (ROWS_AT - 70) / body.size, widths), body)
    page.right(book.left + ROWS_AT, y, f"{section.rows:,}", body)
    page.right(book.left + FIELDS_AT, y, f"{len(section.query.columns):,}", body)
    room = book.right - PAGE_WIDTH - book.left - FILTER_AT
    page.text(book.left + FILTER_AT, y, shortened(section.filter, room / label.size, widths), label)
    page.form(book.right - 6, y, section.form)
    page.line(book.left, y - 6.5, book.right, RULE, 0.3)
    page.link(book.left, y - 6, book.right - book.left, STEP - 1, section.page)
