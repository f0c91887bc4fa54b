"""Text forms become values of a field's type again, in a statement that fails where that is impossible.

The session is strict, so the server itself refuses most of what does not fit. What it would change without a word
(an enum by its number, a year of two digits, bytes that are no hex) is refused here, by a CAST that cannot succeed.
"""

from __future__ import annotations

from entrepot.databases.mysql.names import literal
from entrepot.databases.mysql.types import GEOMETRIES
from entrepot.model.catalog import Field, Origin
from entrepot.model.types import Kind

REASON = "entrepot: "
"""What stands before our own reasons in the server's complaint."""
NUMERIC = "'^[[:space:]]*[-+]?[0-9]+$'"


def value_of(text: str, field: Field) -> str:
    """`text` is an SQL expression, a text form or NULL."""
    value = _value(text, field)
    if field.nullable or not (field.origin is Origin.AUTO_INCREMENT or field.native.lower().startswith("timestamp")):
        return value
    # a NULL would become the next number, or the current time
    return f"CASE WHEN {text} IS NULL THEN {refuse(text, 'no value')} ELSE {value} END"


def _value(text: str, field: Field) -> str:
    kind, native = field.type.kind, field.native.lower()
    if kind is Kind.BOOLEAN:
        return _boolean(text, native)
    if kind is Kind.INTEGER:
        return _year(text) if native.startswith("year") else _whole(text, native)
    if kind is Kind.BYTES:
        return _bytes(text)
    if kind is Kind.TIMESTAMP_TZ:
        return f"CASE WHEN RIGHT({text}, 3) = '+00' THEN LEFT({text}, CHAR_LENGTH({text}) - 3) ELSE {text} END"
    if kind is Kind.ENUM:
        return _label(text, field)
    return _shape(text) if native.split("(")[0] in GEOMETRIES else text


def refuse(text: str, reason: str) -> str:
    """An expression that no strict statement survives."""
    return f"CAST(CONCAT({literal(REASON + reason + ': ')}, LEFT(COALESCE({text}, 'NULL'), 40)) AS SIGNED)"


def _boolean(text: str, native: str) -> str:
    number = _bits(text) if native.startswith("bit") else _digits(text)
    return f"CASE {text} WHEN 'true' THEN 1 WHEN 'false' THEN 0 ELSE {number} END"


def _whole(text: str, native: str) -> str:
    return _bits(text) if native.startswith("bit") else _digits(text)


def _digits(text: str) -> str:
    """A column would round a fraction. (CAST is no way: it makes a negative number of 9223372036854775808.)"""
    fraction = " OR ".join(f"LOCATE('{character}', {text})" for character in ".eE")
    return f"CASE WHEN {fraction} THEN {refuse(text, 'no whole number')} ELSE {text} END"


def _bits(text: str) -> str:
    """A text would count as bits itself."""
    return f"CASE WHEN LOCATE('-', {text}) THEN {refuse(text, 'negative')} ELSE CAST({text} AS UNSIGNED) END"


def _year(text: str) -> str:
    """The text `0` would be 2000, and two digits a year near now."""
    whole = f"{text} = '0' OR CHAR_LENGTH({text}) = 4"
    return f"CASE WHEN {whole} THEN CAST({text} AS UNSIGNED) WHEN {text} IS NOT NULL THEN {refuse(text, 'no year')} END"


def _bytes(text: str) -> str:
    r"""UNHEX knows no `\x`, takes half a byte, and makes NULL of what is no hex."""
    bad = refuse(text, "no bytes in hex")
    whole = f"LEFT({text}, 2) = '\\x' AND LENGTH({text}) % 2 = 0"
    return f"CASE WHEN {whole} THEN COALESCE(UNHEX(SUBSTR({text}, 3)), {bad}) WHEN {text} IS NOT NULL THEN {bad} END"


def _label(text: str, field: Field) -> str:
    """A number that is no label would choose one by its place."""
    labels = ", ".join(map(literal, field.type.values)) or "NULL"
    number = f"{text} REGEXP {NUMERIC} AND {text} NOT IN ({labels})"
    return f"CASE WHEN {number} THEN {refuse(text, 'no label')} ELSE {text} END"


def _shape(text: str) -> str:
    """What is no well-known text becomes NULL without a word."""
    shape = f"ST_GeomFromText({text})"
    bad = f"ST_GeomFromText(CONCAT('POINT(0 ', {refuse(text, 'no well-known text')}, ')'))"
    return f"CASE WHEN {text} IS NULL OR {shape} IS NOT NULL THEN {shape} ELSE {bad} END"
