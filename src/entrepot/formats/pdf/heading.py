"""What stands above a table: name, counts and filter on its first page, one line on the others."""

from __future__ import annotations

from entrepot.formats.pdf.book import Book
from entrepot.formats.pdf.page import Page
from entrepot.formats.pdf.section import Section
from entrepot.formats.pdf.wrap import shortened, wrap

RUNNING_HEIGHT = 22.0
TITLE_HEIGHT = 24.0
LINE = 12.0
NOTE_ROOM = 220.0


def heading_height(book: Book, section: Section, *, first: bool) -> float:
    return TITLE_HEIGHT + LINE * len(facts(book, section)) + 6 if first else RUNNING_HEIGHT


def draw_heading(book: Book, page: Page, section: Section, *, first: bool, note: str) -> None:
    page.right(book.right, book.top - 10, note, book.theme.small)
    style = book.theme.heading if first else book.theme.running
    room = (book.right - book.left - NOTE_ROOM) / style.size
    name = section.title if first else f"{section.title} (continued)"
    page.text(book.left, book.top - 11, shortened(name, room, style.face.widths), style)
    if first:
        for number, line in enumerate(facts(book, section)):
            page.text(book.left, book.top - TITLE_HEIGHT - 4 - number * LINE, line, book.theme.label)


def facts(book: Book, section: Section) -> tuple[str, ...]:
    """Counts and filter, wrapped: a filter is never cut here."""
    words = f"{counted(section.rows, 'row')}, {counted(len(section.query.columns), 'field')}"
    if section.shown < section.rows:
        words = f"The first {section.shown:,} of {words}; {counted(section.rows - section.shown, 'row')} not shown"
    if section.filter:
        words += f". Filter: {section.filter}"
    style = book.theme.label
    return wrap(words, (book.right - book.left) / style.size, style.face.widths)


def counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
