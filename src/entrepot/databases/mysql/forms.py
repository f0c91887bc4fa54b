"""Values as text, in the forms of docs/reference/values.md. The session's settings (UTC) do a part of the work.

A number or moment becomes text where it meets text, so it is only CAST where the meeting is left to somebody else:
CAST costs more than all the rest of a row.
"""

from __future__ import annotations

from entrepot.databases.mysql.types import GEOMETRIES
from entrepot.model.catalog import Field
from entrepot.model.templates import Form
from entrepot.model.types import MOMENTS, NUMBERS, Kind

DAY_ZERO = "1899-12-30"
FIRST_DAY = "1900-03-01"
"""Day 0 of a spreadsheet; it believes in a 29 February 1900, so days count rightly from March 1900. Where its days
end, in 9999, MySQL's end too."""
EXACT_DIGITS = 15
"""So many characters of a number a spreadsheet's double holds for certain."""


def text_form(value: str, field: Field, form: Form) -> str:
    """`value` (an SQL expression of the field's type) as text; NULL stays NULL."""
    kind = field.type.kind
    if form in (Form.SERIAL, Form.NUMBER):
        return _cell(value, field, form)
    if kind is Kind.BOOLEAN:
        return _boolean(value, field, form)
    if kind in NUMBERS:
        return number_text(value, field)
    if kind is Kind.BYTES:
        digits = f"LOWER(HEX({value}))"
        return digits if form is Form.HEX else f"CONCAT('\\x', {digits})"
    if kind in (Kind.TIMESTAMP, Kind.TIMESTAMP_TZ):
        return _moment(value, field, form)
    return _text(value, field)


def _text(value: str, field: Field) -> str:
    kind, native = field.type.kind, field.native.lower()
    if kind is Kind.TIME:
        return _trimmed(value, field)
    if kind in (Kind.TEXT, Kind.ENUM, Kind.JSON) and native != "json":
        return exact_text(value, field)
    if native.split("(")[0] in GEOMETRIES:
        return f"ST_AsText({value})"
    return f"CAST({value} AS CHAR)"


def exact_text(value: str, field: Field) -> str:
    """Text that compares character by character, in the character set of the session."""
    if field.collation and not field.collation.startswith("utf8mb4"):
        value = f"CONVERT({value} USING utf8mb4)"
    return f"{value} COLLATE utf8mb4_bin"


def plain_number(value: str, field: Field) -> str:
    """YEAR, BIT and ZEROFILL show their numbers in dress."""
    native = field.native.lower()
    return f"({value} + 0)" if native.startswith(("year", "bit")) or "zerofill" in native else value


def number_text(value: str, field: Field) -> str:
    if field.type.kind is not Kind.FLOAT:
        return f"CONCAT({plain_number(value, field)})"
    digits = _shortest_single(value, field) if field.type.bits == 32 else f"CONCAT({value} + 0e0)"
    return f"REPLACE(REPLACE({digits}, 'e', 'e+'), 'e+-', 'e-')"


def _shortest_single(value: str, field: Field) -> str:
    """FLOAT prints six digits, which is not always the whole number: more, until it reads back as the same.
    (FLOAT(7,3) prints three decimals, zeros included.)"""
    places = f"FLOOR(LOG10(ABS({value} + 0e0)))"
    tries = [f"CONCAT(ROUND({value} + 0e0, {digits - 1} - {places}))" for digits in (6, 7, 8, 9)]
    if "," not in field.native:
        tries[0] = f"CONCAT({value})"
    tests = " ".join(f"WHEN CAST({text} AS FLOAT) = {value} THEN {text}" for text in tries)
    return f"CASE {tests} ELSE CONCAT({value} + 0e0) END"


def _cell(value: str, field: Field, form: Form) -> str:
    """What a spreadsheet's cell can hold as a number."""
    kind = field.type.kind
    if form is Form.SERIAL:
        return day_number(value, kind) if kind in MOMENTS else "NULL"
    if kind is Kind.BOOLEAN:
        bare = plain_number(value, field)
        return f"CASE WHEN {bare} IN (0, 1) THEN CONCAT({bare}) END"
    if kind not in NUMBERS:
        return "NULL"
    text = number_text(value, field)
    return text if kind is Kind.FLOAT else f"CASE WHEN LENGTH({text}) <= {EXACT_DIGITS} THEN {text} END"


def _boolean(value: str, field: Field, form: Form) -> str:
    """TINYINT(1) may hold other numbers than 0 and 1: they stay what they are."""
    bare = plain_number(value, field)
    if form in (Form.BIT, Form.NAIVE):
        return f"CONCAT({bare})"
    return f"CASE {bare} WHEN 1 THEN 'true' WHEN 0 THEN 'false' ELSE CONCAT({bare}) END"


def _moment(value: str, field: Field, form: Form) -> str:
    text = _trimmed(value, field)
    if form is Form.ISO:
        text = f"REPLACE({text}, ' ', 'T')"
    if field.type.kind is Kind.TIMESTAMP or form is Form.NAIVE:
        return text
    return f"CONCAT({text}, '{'+00:00' if form is Form.ISO else '+00'}')"


def _trimmed(value: str, field: Field) -> str:
    """Without the zeros behind the second that a type with fractions prints."""
    if not field.type.scale:
        return f"CONCAT({value})"
    text = f"CONCAT({value})"
    return f"TRIM(TRAILING '.' FROM TRIM(TRAILING '0' FROM {text}))"


def day_number(value: str, kind: Kind) -> str:
    """NULL where a spreadsheet has no such day: too early, or one that the server holds and no calendar has."""
    days = f"DATEDIFF({value}, '{DAY_ZERO}')"
    if kind is not Kind.DATE:
        days = f"TIMESTAMPDIFF(MICROSECOND, '{DAY_ZERO}', {value}) / 86400000000e0"
    real = f"FROM_DAYS(TO_DAYS({value})) = DATE({value})"
    return f"CASE WHEN {value} >= '{FIRST_DAY}' AND {real} THEN CONCAT({days}) END"
