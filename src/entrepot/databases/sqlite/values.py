"""Values as text (docs/reference/values.md). Every SQLite value has a type of its own, whatever its column declares,
so the text of a value depends on the value: numbers, texts and blobs are told apart by comparing them with '' and
x'', which is how SQLite sorts them, and half the price of `typeof`."""

from __future__ import annotations

from collections.abc import Callable

from entrepot.databases.escapes import ANYTHING
from entrepot.databases.sqlite.types import keeps_text
from entrepot.model.catalog import Field, Origin
from entrepot.model.templates import Form
from entrepot.model.types import MOMENTS, NUMBERS, Kind

Rule = Callable[[str, str | None], str]
"""Makes escaped text of a text and its alphabet, as `Escaping.of` does."""

NUMERALS = "-+.e0123456789NaInfity"
HEX = "0123456789abcdef"
TRUE_FALSE = {Form.BIT: ("1", "0"), Form.NAIVE: ("1", "0"), Form.NUMBER: ("1", "0")}
DAY = "[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]"
CLOCK = "[0-9][0-9]:[0-9][0-9]:[0-9][0-9]"
ZONED = "*[-+][0-9][0-9]"
ZERO_DAY = 2209161600
"""Seconds from 1899-12-30, day 0 of spreadsheets, to 1970."""


def by_storage(sql: str, field: Field, form: Form, rule: Rule) -> str:
    """The text of a value by its own type, through `rule`; NULL for NULL."""
    if field.origin is Origin.AUTO_INCREMENT:
        return rule(f"CAST({sql} AS TEXT)", NUMERALS)  # the rowid, the one column that holds nothing but integers
    if field.type.kind is Kind.BYTES:
        return f"CASE WHEN {sql} IS NOT NULL THEN {blob(sql, form, rule)} END"
    if field.type.kind is Kind.BOOLEAN:
        return _boolean(sql, form, rule, _by_type(sql, field, form, rule))
    return _by_type(sql, field, form, rule)


def _by_type(sql: str, field: Field, form: Form, rule: Rule) -> str:
    """Most likely first. `BETWEEN` reads the value once, and leaves out the empty text."""
    exact = f"+{sql} COLLATE BINARY"  # the plus keeps SQLite from trying to make a number of every text
    written = iso(sql) if form is Form.ISO and field.type.kind in MOMENTS else sql
    number = f"WHEN {exact} < '' THEN {rule(number_text(sql), NUMERALS)} "
    filled = f"WHEN {exact} BETWEEN char(1) AND CAST(x'ff' AS TEXT) THEN {rule(written, ANYTHING)} "
    text = f"WHEN {exact} < x'' THEN {rule(written, None)} "
    other = f"WHEN {sql} IS NOT NULL THEN {blob(sql, Form.TEXT, rule)}"
    if keeps_text(field.native):
        return f"CASE {filled}{text}{other} END"
    if field.type.kind in NUMBERS:
        return f"CASE {number}{text}{other} END"
    return f"CASE {filled}{number}{text}{other} END"


def number_text(sql: str) -> str:
    return f"CASE typeof({sql}) WHEN 'integer' THEN CAST({sql} AS TEXT) ELSE {real_text(sql)} END"


def real_text(sql: str) -> str:
    """At most 15 digits where they are enough, which SQL finds out by itself (then no shorter text is the same
    double, except next to 0); else Python's shortest."""
    short = f"printf('%.15g', {sql})"
    enough = f"CAST({short} AS REAL) = {sql} AND (abs({sql}) > 1e-290 OR {sql} = 0)"
    return f"CASE WHEN {enough} THEN {short} ELSE entrepot_float({sql}) END"


def blob(sql: str, form: Form, rule: Rule) -> str:
    bare = f"lower(hex({sql}))"
    return rule(bare, HEX) if form is Form.HEX else rule(f"'\\x' || {bare}", HEX + "\\x")


def _boolean(sql: str, form: Form, rule: Rule, other: str) -> str:
    """Written as 1 and 0, and by some as words; anything else goes out as it is."""
    yes, no = (rule(f"'{word}'", word) for word in TRUE_FALSE.get(form, ("true", "false")))
    words = f"WHEN 1 THEN {yes} WHEN 0 THEN {no} WHEN 'true' THEN {yes} WHEN 'false' THEN {no}"
    return f"CASE +{sql} COLLATE BINARY {words} ELSE {other} END"


def iso(sql: str) -> str:
    """A moment with T and a full offset, if it is written as `2024-01-02 10:00:00…`."""
    minutes = f"CASE WHEN substr({sql}, 20) GLOB '{ZONED}' THEN ':00' ELSE '' END"
    moment = f"substr({sql}, 1, 10) || 'T' || substr({sql}, 12) || {minutes}"
    return f"CASE WHEN {sql} GLOB '{DAY}[ T]{CLOCK}*' THEN {moment} ELSE {sql} END"


def serial(sql: str, kind: Kind) -> str:
    """A spreadsheet's day number of a text that is a day or a moment; NULL for anything else."""
    offset = (
        f"CASE WHEN substr({sql}, 20) GLOB '{ZONED}:[0-9][0-9]' THEN substr({sql}, -6) "
        f"WHEN substr({sql}, 20) GLOB '{ZONED}' THEN substr({sql}, -3) || ':00' ELSE '' END"
    )
    seconds = f"(strftime('%s', substr({sql}, 1, 19) || {offset}) + {ZERO_DAY})"
    fraction = f"(CASE WHEN substr({sql}, 20, 1) = '.' THEN CAST('0' || substr({sql}, 20) AS REAL) ELSE 0 END)"
    number = f"printf('%.11f', {seconds} / 86400 + ({seconds} % 86400 + {fraction}) / 86400.0)"
    shape = f"({sql} GLOB '{DAY}' OR {sql} GLOB '{DAY}[ T]{CLOCK}*')"
    real_day = f"date(substr({sql}, 1, 10)) = substr({sql}, 1, 10) AND {sql} >= '1900-03-01'"
    held = f"typeof({sql}) = 'text' AND {shape} AND {real_day}"
    return f"CASE WHEN {held} THEN rtrim(rtrim({number}, '0'), '.') END"


def cell_number(sql: str, kind: Kind) -> str:
    """A number that a spreadsheet's double holds exactly, and that its field says is one; else NULL."""
    if kind is Kind.BOOLEAN:
        return (
            f"CASE {sql} COLLATE BINARY WHEN 1 THEN '1' WHEN 0 THEN '0' WHEN 'true' THEN '1' WHEN 'false' THEN '0' END"
        )
    integer = f"WHEN 'integer' THEN CASE WHEN length({sql}) <= 15 THEN CAST({sql} AS TEXT) END"
    text = real_text(sql)
    short = "" if kind is Kind.FLOAT else f" AND length({text}) <= 15"
    real = f"WHEN 'real' THEN CASE WHEN abs({sql}) <= 1.7976931348623157e308{short} THEN {text} END"
    kept = f"WHEN 'text' THEN CASE WHEN entrepot_is_number({sql}) AND length({sql}) <= 15 THEN {sql} END"
    return f"CASE typeof({sql}) {integer} {real} {kept if kind is Kind.DECIMAL else ''} END"
