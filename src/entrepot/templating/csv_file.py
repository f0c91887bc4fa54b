"""A CSV template: the names, and a row that shows what to write."""

from __future__ import annotations

from collections.abc import Sequence

from entrepot.formats.csv.template import quoted
from entrepot.model.example_rows import marked
from entrepot.model.templates import CsvDialect
from entrepot.templating.entities import EntityTemplate

MARK = "\ufeff"
"""Excel takes a file for UTF-8 if it begins with this."""


def csv_file(template: EntityTemplate, *, example: bool) -> bytes:
    rows: list[list[str | None]] = [[item.title for item in template.fields]]
    if example:
        first, *others = [item.example for item in template.fields]
        rows.append([marked(first), *others])
    text = "".join(line(row) for row in rows)
    return (text if text.isascii() else MARK + text).encode(errors="replace")


def line(values: Sequence[str | None]) -> str:
    dialect = CsvDialect()
    cells = ["" if value is None else quoted(value, dialect, alone=len(values) == 1) for value in values]
    return dialect.delimiter.join(cells) + dialect.newline
