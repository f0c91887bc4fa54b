"""Writing the report: cover, contents, one table after the other, then what could only be known at the end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain

from entrepot.formats.pdf.book import Book
from entrepot.formats.pdf.columns import TableColumn, groups, measured
from entrepot.formats.pdf.contents import draw_contents
from entrepot.formats.pdf.cover import draw_cover
from entrepot.formats.pdf.options import PdfOptions
from entrepot.formats.pdf.problems import font_problems, hidden_problem
from entrepot.formats.pdf.section import Section
from entrepot.formats.pdf.table import Table
from entrepot.formats.pdf.theme import Theme, make_theme
from entrepot.formats.port import Document, Result, Written
from entrepot.formats.rows import check_count
from entrepot.model.ports import Batch, Outlet, RowSource
from entrepot.model.problems import Problem
from entrepot.model.selection import Query

MEDIA_TYPE = "application/pdf"
ROWS_AT_ONCE = 2_000


def write_report(document: Document, source: RowSource, outlet: Outlet, options: PdfOptions) -> Result:
    theme = make_theme(options.font)
    title = options.title or document.title
    name = f"{document.stem}.pdf"
    with outlet.open(name, MEDIA_TYPE) as sink:
        book = Book(sink, options.size, theme, theme.regular.clean(f"{title} · {document.created_at[:10]}"))
        sections = tuple(sections_of(document, source, options, book))
        draw_front(book, title, document, sections)
        written = []
        for section in sections:
            rows = write_section(book, section, source)
            written.append(Written(entity=section.query.entity.name, rows=rows, lane="rendered", member=name))
        book.close(title, document.created_at, document.tool)
    return Result(written=tuple(written), problems=tuple(problems_of(sections, theme)))


def sections_of(document: Document, source: RowSource, options: PdfOptions, book: Book) -> Iterator[Section]:
    """Counted before anything is drawn, because the first page says how many rows there are."""
    for number, query in enumerate(document.queries):
        rows = source.count(query)
        shown = rows if options.max_rows is None else min(rows, options.max_rows)
        yield Section(
            query=query,
            title=book.theme.bold.clean(query.title),
            rows=rows,
            shown=shown,
            filter=book.theme.regular.clean(document.filters.get(query.title, "")),
            page=book.file.reserve(),
            form=book.later(f"Page{number}"),
        )


def draw_front(book: Book, title: str, document: Document, sections: Sequence[Section]) -> None:
    cover, contents = book.file.reserve(), book.file.reserve()
    book.bookmark("Overview", cover)
    book.bookmark("Contents", contents)
    with book.page(cover) as page:
        draw_cover(book, page, title, document, sections)
    draw_contents(book, sections, contents)


def write_section(book: Book, section: Section, source: RowSource) -> int:
    """How many rows are in the report."""
    query = shown_query(section)
    first = book.pages + 1
    batches = (values_of(batch) for batch in source.batches(query, ROWS_AT_ONCE))
    first_values = next(batches, None) or [() for _ in query.columns]
    table = Table(book=book, section=section, groups=columns_for(query, first_values, book))
    for values in chain([first_values], batches):
        table.add(zip(*values, strict=True))
    table.close()
    check_count(query, section.shown, table.rows)
    book.bookmark(section.query.title, section.page)
    book.fill(section.form, str(first), book.theme.body, right=True)
    return table.rows


def columns_for(query: Query, values: Sequence[Sequence[str | None]], book: Book) -> list[list[TableColumn]]:
    key = [n for n, column in enumerate(query.columns) if column.field.name in query.entity.primary_key]
    return groups(measured(query.columns, values, book.theme), key, book.right - book.left)


def values_of(batch: Batch) -> list[Sequence[str | None]]:
    """Per column."""
    return [batch.column(number).to_pylist() for number in range(batch.num_columns)]


def shown_query(section: Section) -> Query:
    if section.shown == section.rows:
        return section.query
    return replace(section.query, limit=section.shown)


def problems_of(sections: Sequence[Section], theme: Theme) -> Iterator[Problem]:
    yield from font_problems(theme.fallbacks)
    for section in sections:
        if section.shown < section.rows:
            yield hidden_problem(section)
