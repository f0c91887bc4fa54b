"""A record as a template. The parts are always the same: `{"name":`, slot, `,"name":`, slot, …, `}`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from entrepot.formats.rows import outgoing_kind
from entrepot.model.selection import Column
from entrepot.model.templates import Escape, Form, RowTemplate, Slot
from entrepot.model.types import Kind

CONTROL = "".join(map(chr, range(0x20)))
SHORT = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r"}

TEXT = Escape(
    name="json",
    null="null",
    open='"',
    close='"',
    replace=(("\\", "\\\\"), ('"', '\\"')),
    rare_characters=CONTROL,
    rare=tuple((c, SHORT.get(c, f"\\u{ord(c):04x}")) for c in CONTROL),
)
"""Any text. Equal to PostgreSQL's to_json, SQLite's json_quote and MariaDB's JSON_QUOTE in meaning."""

PLAIN = Escape(name="json_plain", null="null", open='"', close='"')
"""Text that cannot hold a quote, a backslash or a control character: dates, UUIDs."""

BYTES = Escape(name="json_bytes", null="null", open='"\\\\x', close='"')
"""Hex digits, as the JSON text of `\\x…`."""

WORD = Escape(name="json_bare", null="null")
"""Booleans: their text is JSON."""

NUMBER = Escape(name="json_number", null="null", open='"', close='"', wrap_when="NI")
"""Digits stand bare; NaN and Infinity, which JSON does not know as numbers, become strings."""

NESTED = Escape(name="json_nested", null="null", replace=(("\n", " "), ("\r", " ")))
"""JSON in JSON. A raw line break can only stand between its parts, so a space means the same on one line."""

ESCAPES = {
    Kind.BOOLEAN: WORD,
    Kind.INTEGER: NUMBER,
    Kind.DECIMAL: NUMBER,
    Kind.FLOAT: NUMBER,
    Kind.BYTES: BYTES,
    Kind.DATE: PLAIN,
    Kind.TIME: PLAIN,
    Kind.TIMESTAMP: PLAIN,
    Kind.TIMESTAMP_TZ: PLAIN,
    Kind.INTERVAL: PLAIN,
    Kind.UUID: PLAIN,
    Kind.JSON: NESTED,
    Kind.ARRAY: NESTED,
}


def ndjson_template(columns: Sequence[Column]) -> RowTemplate:
    """A record and its line end."""
    return RowTemplate(parts=(*record(columns), "\n"))


def json_template(columns: Sequence[Column]) -> RowTemplate:
    """A record on a line of its own behind a comma; the writer drops the comma before the first."""
    return RowTemplate(parts=(",\n", *record(columns)))


def record(columns: Sequence[Column]) -> Iterator[str | Slot]:
    if not columns:
        yield "{}"
        return
    for number, column in enumerate(columns):
        yield f"{',' if number else '{'}{json_text(column.name)}:"
        yield json_slot(column)
    yield "}"


def json_slot(column: Column) -> Slot:
    kind = outgoing_kind(column)
    form = Form.HEX if kind is Kind.BYTES else Form.ISO
    escape = ESCAPES.get(kind, TEXT)
    otherwise = None if escape in (TEXT, BYTES) else Slot(column=column.name, form=Form.TEXT, escape=TEXT)
    return Slot(column=column.name, form=form, escape=escape, otherwise=otherwise)


def json_text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
