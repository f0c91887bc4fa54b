"""The title page: what this is, whose rows, from where, and how many, as a chart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from entrepot.formats.pdf.book import Book
from entrepot.formats.pdf.page import Page
from entrepot.formats.pdf.section import Section
from entrepot.formats.pdf.theme import ACCENT, FAINT, RULE, TRACK
from entrepot.formats.pdf.wrap import shortened, wrap
from entrepot.formats.port import Document

FACTS_WIDTH = 300.0
LABEL_WIDTH = 78.0
MOST_BARS = 16
BAR_STEP, BAR_HEIGHT = 20.0, 9.0
MOST_LINES = 4
"""Of a fact on this page; filters stand in full where their rows are."""


def draw_cover(book: Book, page: Page, title: str, document: Document, sections: Sequence[Section]) -> None:
    top = draw_title(book, page, title, document)
    draw_facts(book, page, top, facts(document, sections))
    draw_chart(book, page, top, sections)


def draw_title(book: Book, page: Page, title: str, document: Document) -> float:
    """The lower edge of the heading."""
    style = book.theme.title
    y = book.top - 34
    for line in wrap(style.face.clean(title), (book.right - book.left) / style.size, style.face.widths)[:3]:
        page.text(book.left, y, line, style)
        y -= style.size * 1.25
    line = f"{document.scope[:1].upper()}{document.scope[1:]} from {document.database}"
    body = book.theme.body
    page.text(book.left, y + 8, shortened(body.face.clean(line), 700 / body.size, body.face.widths), body)
    page.box(book.left, y - 8, 46, 2.4, ACCENT)
    return y - 44


def facts(document: Document, sections: Sequence[Section]) -> Iterator[tuple[str, str]]:
    rows = sum(section.rows for section in sections)
    yield "Database", f"{document.database} ({document.engine})"
    yield "Scope", document.scope
    yield "Created", spoken(document.created_at)
    yield "Entities", f"{len(sections):,}"
    yield "Rows", f"{rows:,}"
    hidden = sum(section.rows - section.shown for section in sections)
    if hidden:
        yield "Not shown", f"{hidden:,} rows; each table says how many"
    for entity, words in document.filters.items():
        yield "Filter", f"{entity}: {words}"
    yield "Snapshot", document.snapshot
    for key, value in document.metadata.items():
        yield str(key), str(value)
    yield "Made by", document.tool


def spoken(created_at: str) -> str:
    """`2024-05-06T07:08:09+00:00` → `6 May 2024, 07:08 UTC`."""
    try:
        moment = datetime.fromisoformat(created_at)
    except ValueError:
        return created_at
    return f"{moment.day} {moment:%B %Y, %H:%M} UTC"


def draw_facts(book: Book, page: Page, y: float, pairs: Iterator[tuple[str, str]]) -> None:
    label, body = book.theme.label, book.theme.body
    page.text(book.left, y, "About this report", book.theme.strong)
    y -= 22
    for name, value in pairs:
        room = (FACTS_WIDTH - LABEL_WIDTH) / body.size
        lines = wrap(body.face.clean(value), room, body.face.widths)
        if y - 13 * min(len(lines), MOST_LINES) < book.bottom + 6:
            page.text(book.left, y, "…", label)
            return
        name_room = (LABEL_WIDTH - 6) / label.size
        page.text(book.left, y, shortened(label.face.clean(name), name_room, label.face.widths), label)
        for number, line in enumerate(lines[:MOST_LINES]):
            more = number == MOST_LINES - 1 and len(lines) > MOST_LINES
            page.text(book.left + LABEL_WIDTH, y, f"{line.rstrip()} …" if more else line, body)
            y -= 13
        y -= 4.5


def draw_chart(book: Book, page: Page, y: float, sections: Sequence[Section]) -> None:
    """Horizontal bars, longest first."""
    left = book.left + FACTS_WIDTH + 50
    page.text(left, y, "Rows per entity", book.theme.strong)
    ranked = sorted(sections, key=lambda section: -section.rows)
    room = int((y - 22 - book.bottom) // BAR_STEP)
    shown = ranked[: min(MOST_BARS, room - (len(ranked) > room))]
    most = max((section.rows for section in ranked), default=0)
    y -= 24
    for section in shown:
        draw_bar(book, page, (left, y), section, most)
        y -= BAR_STEP
    rest = ranked[len(shown) :]
    if rest:
        words = f"and {len(rest):,} more with {sum(section.rows for section in rest):,} rows together"
        page.text(left, y, words, book.theme.label)


def draw_bar(book: Book, page: Page, corner: tuple[float, float], section: Section, most: int) -> None:
    left, y = corner
    label, body = book.theme.label, book.theme.body
    start, end = left + 122, book.right - 62
    name = shortened(section.title, 112 / body.size, body.face.widths)
    page.text(left, y, name, body)
    page.box(start, y - 1.2, end - start, BAR_HEIGHT, TRACK)
    length = (end - start) * section.rows / most if most else 0.0
    page.box(start, y - 1.2, max(length, 0.8), BAR_HEIGHT, ACCENT if section.rows else FAINT)
    page.right(book.right, y, f"{section.rows:,}", label if not section.rows else body)
    page.line(left, y - 6.6, book.right, RULE, 0.25)
    page.link(left, y - 5, book.right - left, BAR_STEP - 4, section.page)
