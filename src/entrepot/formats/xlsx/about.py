"""The last sheet: what the workbook holds, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from entrepot.formats.port import Document, Written
from entrepot.formats.xlsx import styles
from entrepot.formats.xlsx.cells import number_cell, text_cell
from entrepot.model.spreadsheets import ABOUT, ABOUT_FACTS

TITLE = ABOUT
WIDTHS = (24, 40, 14, 60)
NOTES = (
    "Moments with a time zone are in UTC. Numbers that a cell cannot hold exactly, and dates before 1900, are text.",
    "An empty cell is NULL; a cell with an empty text is an empty text.",
)


def about_lines(document: Document, written: Sequence[Written], cut: Mapping[str, int]) -> list[Sequence[str]]:
    """Finished cells, line by line."""
    return [*facts(document), [], *entities(document, written, cut), [], *notes()]


def facts(document: Document) -> Iterator[list[str]]:
    yield [text_cell(document.title, styles.TITLE)]
    database = f"{document.database} ({document.engine})"
    told = (database, document.scope, document.created_at, document.snapshot, document.tool)
    pairs = (
        *zip(ABOUT_FACTS, told, strict=True),
        *((str(key), str(value)) for key, value in document.metadata.items()),
    )
    for label, value in pairs:
        yield [text_cell(label, styles.LABEL), text_cell(value)]


def entities(document: Document, written: Sequence[Written], cut: Mapping[str, int]) -> Iterator[list[str]]:
    yield [text_cell(word, styles.HEADER) for word in ("Entity", "Sheet", "Rows", "Filter and remarks")]
    for query, item in zip(document.queries, written, strict=True):
        remarks = [document.filters.get(query.title, ""), cut_words(cut.get(item.entity, 0))]
        remark = "; ".join(words for words in remarks if words)
        yield [text_cell(query.title), text_cell(item.member), number_cell(item.rows), text_cell(remark)]


def cut_words(count: int) -> str:
    if not count:
        return ""
    return f"{count:,} {'text was' if count == 1 else 'texts were'} too long for a cell and cut (orange)"


def notes() -> Iterator[list[str]]:
    for note in NOTES:
        yield [text_cell(note)]
