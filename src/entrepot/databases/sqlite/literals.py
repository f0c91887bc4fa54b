"""Values as SQLite's SQL has them."""

from __future__ import annotations

from entrepot.databases.sqlite.values import real_text
from entrepot.model.templates import Escape

CONTROLS = "".join(map(chr, range(1, 0x20)))
TEXT = Escape(
    name="sqlite_text",
    null="NULL",
    open="'",
    close="'",
    replace=(("'", "''"),),
    rare_characters="\r\0",
    rare=(
        ("\\", "\\\\"),
        ('"', '\\"'),
        *((control, f"\\u{ord(control):04x}") for control in CONTROLS),
        ("\0", "\"','$')||char(0)||json_extract('\""),
    ),
    rare_open="json_extract('\"",
    rare_close="\"','$')",
)
"""The shell would end at a NUL and drop a carriage return at the end of a line, so texts with one travel as JSON."""
NUMBER = Escape(name="sqlite_number", null="NULL", open="'", close="'", wrap_when="NI")
"""Digits stand bare; NaN and Infinity, which SQLite does not know as numbers, are kept as texts."""
BARE = Escape(name="sqlite_bare", null="NULL")
BYTES = Escape(name="sqlite_bytes", null="NULL", open="X'", close="'")

LITERALS = frozenset({TEXT, NUMBER, BARE, BYTES})


def stored_literal(sql: str) -> str:
    """A value as a literal of its own type; NULL for NULL."""
    infinite = f"WHEN {sql} > 1.7976931348623157e308 THEN '9e999' WHEN {sql} < -1.7976931348623157e308 THEN '-9e999'"
    real = f"CASE {infinite} ELSE {_with_point(sql)} END"
    risky = f"instr({sql}, char(0)) OR instr({sql}, char(13))"
    plain = f"'''' || replace({sql}, '''', '''''') || ''''"
    text = f"CASE WHEN {risky} THEN 'CAST(X''' || hex({sql}) || ''' AS TEXT)' ELSE {plain} END"
    return (
        f"CASE typeof({sql}) WHEN 'text' THEN {text} WHEN 'integer' THEN CAST({sql} AS TEXT) "
        f"WHEN 'real' THEN {real} WHEN 'blob' THEN 'X''' || hex({sql}) || '''' END"
    )


def _with_point(sql: str) -> str:
    """A whole float needs its point to stay a float in a column without a type."""
    text = real_text(sql)
    return f"{text} || CASE WHEN {text} GLOB '*[.e]*' THEN '' ELSE '.0' END"
