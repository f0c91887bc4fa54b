"""A CSV row as a template, byte for byte what PostgreSQL's `COPY … (FORMAT csv)` writes where that is possible."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from entrepot.formats.rows import outgoing_kind
from entrepot.model.selection import Column
from entrepot.model.templates import CsvDialect, Escape, Form, RowTemplate, Slot
from entrepot.model.types import Kind

FORMULA_STARTS = "=+-@\t\r\n'"
"""What a spreadsheet may take for a formula, and the guard itself, so that taking one guard off is always right."""
GUARD = "'"
GUARDED = frozenset({Kind.TEXT, Kind.ENUM, Kind.OTHER})
"""Kinds whose text a person chose. Numbers, dates and bytes cannot be formulas and stay as they are."""


def csv_template(
    columns: Sequence[Column], dialect: CsvDialect, *, spreadsheet_safe: bool = False, form: Form = Form.TEXT
) -> RowTemplate:
    """One CSV row of `columns`; `csv` is set where a database's own COPY would give the same bytes."""
    escape = csv_escape(dialect, alone=len(columns) == 1)
    guarded = replace(escape, name=f"{escape.name}_guarded", guard_first=FORMULA_STARTS, guard=GUARD)
    slots = [csv_slot(column, form, escape, guarded if spreadsheet_safe else None) for column in columns]
    plain = form is Form.TEXT and all(slot.escape is escape for slot in slots)
    parts = (*separated(slots, dialect.delimiter), dialect.newline)
    return RowTemplate(parts=parts, csv=dialect if plain and copyable(columns, dialect) else None)


def csv_slot(column: Column, form: Form, escape: Escape, guarded: Escape | None) -> Slot:
    """With `guarded`, a text that stands where a number is declared is guarded, too."""
    if guarded is None:
        return Slot(column=column.name, form=form, escape=escape)
    chosen = Slot(column=column.name, form=form, escape=guarded)
    return chosen if outgoing_kind(column) in GUARDED else replace(chosen, escape=escape, otherwise=chosen)


def copyable(columns: Sequence[Column], dialect: CsvDialect) -> bool:
    """Whether COPY writes just this. It never writes \\r\\n to a client, takes single bytes only, leaves '' bare
    when NULL has a marker, and treats a lone `\\.` in its own way."""
    marks = dialect.delimiter + dialect.quote
    return len(columns) > 1 and dialect.newline == "\n" and not dialect.null and marks.isascii()


def csv_escape(dialect: CsvDialect, *, alone: bool = False) -> Escape:
    """How one value is written. In a row of its own (`alone`), `\\.` would end a COPY, so backslashes are quoted."""
    quote = dialect.quote
    return Escape(
        name="csv",
        null=dialect.null,
        open=quote,
        close=quote,
        replace=((quote, quote * 2),),
        wrap_when=f"{dialect.delimiter}{quote}\n\r" + ("\\" if alone else ""),
    )


def separated(slots: Sequence[Slot], delimiter: str) -> Iterator[str | Slot]:
    for number, slot in enumerate(slots):
        if number:
            yield delimiter
        yield slot


def header_line(columns: Sequence[Column], dialect: CsvDialect, *, spreadsheet_safe: bool = False) -> str:
    """The row of names, quoted by the same rule as values."""
    names = [guarded_text(c.name) if spreadsheet_safe else c.name for c in columns]
    return dialect.delimiter.join(quoted(name, dialect, alone=len(names) == 1) for name in names) + dialect.newline


def guarded_text(text: str) -> str:
    return GUARD + text if text[:1] and text[0] in FORMULA_STARTS else text


def quoted(text: str, dialect: CsvDialect, *, alone: bool) -> str:
    escape = csv_escape(dialect, alone=alone)
    if text and text != escape.null and not set(text) & set(escape.wrap_when or ""):
        return text
    return f"{escape.open}{text.replace(dialect.quote, dialect.quote * 2)}{escape.close}"
