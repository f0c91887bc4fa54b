"""Rows in memory: the reference implementation of row templates, one value at a time.

Engines and the workbench compile templates to SQL; what they render must equal this.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time

from arro3.core import Array, DataType, Field, RecordBatch, Schema

from entrepot.model.ports import Batch
from entrepot.model.selection import Column, Query
from entrepot.model.templates import Chunk, Escape, Form, RowTemplate, Slot
from entrepot.model.types import Kind

Row = Mapping[str, str | None]
"""Field name → text form (docs/reference/values.md), None for NULL."""


@dataclass(frozen=True, kw_only=True)
class MemorySource:
    """A RowSource over `rows` (entity name → its rows). Knows no filters."""

    rows: Mapping[str, Sequence[Row]]
    rows_per_chunk: int | None = None
    """Overrules what a format asks for."""
    lies: Mapping[str, int] = field(default_factory=dict)
    """Entity → a wrong count."""

    def taken(self, query: Query) -> Sequence[Row]:
        assert query.where is None
        rows = self.rows[query.entity.name]
        return rows if query.limit is None else rows[: query.limit]

    def count(self, query: Query) -> int:
        return self.lies.get(query.entity.name, len(self.taken(query)))

    def render(self, query: Query, template: RowTemplate, rows_per_chunk: int = 1000) -> Iterator[Chunk]:
        rows, size = self.taken(query), self.rows_per_chunk or rows_per_chunk
        for start in range(0, len(rows), size):
            part = rows[start : start + size]
            text = "".join(render_row(row, query.columns, template) for row in part)
            yield Chunk(data=text.encode(), rows=len(part))

    def batches(self, query: Query, rows: int = 10_000) -> Iterator[Batch]:
        taken = self.taken(query)
        for start in range(0, len(taken), rows):
            yield text_batch(taken[start : start + rows], query.columns)


def text_batch(rows: Sequence[Row], columns: Sequence[Column]) -> Batch:
    arrays = [Array([row[column.field.name] for row in rows], DataType.utf8()) for column in columns]
    schema = Schema([Field(column.name, DataType.utf8()) for column in columns])
    return RecordBatch.from_arrays(arrays, schema=schema)


def render_row(row: Row, columns: Sequence[Column], template: RowTemplate) -> str:
    by_name = {column.name: column for column in columns}
    return "".join(
        part if isinstance(part, str) else render_slot(row, by_name[part.column], part) for part in template.parts
    )


def render_slot(row: Row, column: Column, slot: Slot) -> str:
    assert not column.transforms
    assert column.keep_when is None
    text = row[column.field.name]
    in_form = None if text is None else formed(text, column.type.kind, slot.form)
    if text is not None and in_form is None and slot.otherwise is not None:
        return render_slot(row, column, slot.otherwise)
    return escaped(in_form, slot.escape)


def escaped(text: str | None, escape: Escape) -> str:
    """`Escape`, in the order its documentation gives."""
    if text is None:
        return escape.null
    if text and escape.guard_first and text[0] in escape.guard_first:
        text = escape.guard + text
    opening = escape.open
    if escape.limit is not None and len(text) > escape.limit:
        text, opening = text[: escape.limit], escape.over
    if escape.wrap_when is not None and text and text != escape.null and not set(text) & set(escape.wrap_when):
        return text
    return enclosed(text, opening, escape)


def enclosed(text: str, opening: str, escape: Escape) -> str:
    """What is rare is asked of the text after `replace`."""
    closing = escape.close
    for old, new in escape.replace:
        text = text.replace(old, new)
    if set(text) & set(escape.rare_characters) or any(rare in text for rare in escape.rare_texts):
        opening = opening if escape.rare_open is None else escape.rare_open
        closing = closing if escape.rare_close is None else escape.rare_close
        for old, new in escape.rare:
            text = text.replace(old, new)
    return opening + text + closing


def formed(text: str, kind: Kind, form: Form) -> str | None:
    """The text form in another form."""
    match form:
        case Form.TEXT:
            return text
        case Form.ISO:
            return iso(text, kind)
        case Form.BIT:
            return bit(text, kind)
        case Form.NAIVE:
            return text.removesuffix("+00") if kind is Kind.TIMESTAMP_TZ else bit(text, kind)
        case Form.HEX:
            return text.removeprefix("\\x") if kind is Kind.BYTES else text
        case Form.SERIAL | Form.NUMBER:
            return serial(text, kind) if form is Form.SERIAL else number(text, kind)


def bit(text: str, kind: Kind) -> str:
    return {"true": "1", "false": "0"}[text] if kind is Kind.BOOLEAN else text


def number(text: str, kind: Kind) -> str | None:
    """What a spreadsheet's double holds exactly; None for the rest."""
    if kind is Kind.BOOLEAN:
        return {"true": "1", "false": "0"}.get(text)
    return text if DIGITS.fullmatch(text) and (kind is Kind.FLOAT or len(text) <= 15) else None


def iso(text: str, kind: Kind) -> str:
    """A moment with `T` and a full offset; `infinity` and the like stay as they are."""
    if kind not in {Kind.TIMESTAMP, Kind.TIMESTAMP_TZ} or " " not in text:
        return text
    text = text.replace(" ", "T", 1)
    return text.replace("+00", "+00:00", 1) if kind is Kind.TIMESTAMP_TZ else text


DIGITS = re.compile(r"[+-]?[0-9.]+(e[+-]?[0-9]+)?")
EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 a spreadsheet's days know no zone


def serial(text: str, kind: Kind) -> str | None:
    """A day number; None for what a spreadsheet cannot hold."""
    if kind not in {Kind.DATE, Kind.TIMESTAMP, Kind.TIMESTAMP_TZ}:
        return text
    try:
        moment = datetime.fromisoformat(text.removesuffix("+00"))
    except ValueError:
        return None
    if moment.date() < date(1900, 3, 1):
        return None
    days, clock = (moment - EPOCH).days, moment.time()
    return f"{days}" if clock == time() else f"{days + seconds(clock) / 86400:.11f}".rstrip("0").rstrip(".")


def seconds(clock: time) -> float:
    return clock.hour * 3600 + clock.minute * 60 + clock.second + clock.microsecond / 1e6
