"""Values as text, in the forms of docs/reference/values.md. The session's settings do most of the work.

Nothing is qualified here: every session of ours has `search_path = pg_catalog`.
"""

from __future__ import annotations

from entrepot.model.templates import Form
from entrepot.model.types import MOMENTS, Kind, LogicalType

DAY_ZERO = "1899-12-30"
"""Day 0 of a spreadsheet. It believes in a 29 February 1900, so days count rightly from March 1900."""
FIRST_DAY, AFTER_LAST_DAY = "1900-03-01", "10000-01-01"
EXACT_DIGITS = 15

BIT = "({})::int4::text"
UTC = "(({}) AT TIME ZONE 'UTC')"
ISO = """CASE WHEN {} >= '0001-01-01' AND {} < 'infinity' THEN replace(({})::text, ' ', 'T') """
STRANGE = """ELSE btrim(to_json({})::text, '"') END"""
"""to_json also knows infinity and the years before our era, but is slower."""
SPECIAL = {
    (Form.BIT, Kind.BOOLEAN): BIT,
    (Form.NAIVE, Kind.BOOLEAN): BIT,
    (Form.NUMBER, Kind.BOOLEAN): BIT,
    (Form.NAIVE, Kind.TIMESTAMP_TZ): UTC + "::text",
    (Form.HEX, Kind.BYTES): "encode({}, 'hex')",
    (Form.ISO, Kind.TIMESTAMP): ISO + STRANGE,
    (Form.ISO, Kind.TIMESTAMP_TZ): ISO + "|| ':00' " + STRANGE,
}
"""Where the form is not simply the server's own text."""
TEXT = "({})::text"
SHOWN = "CASE WHEN ({}) IS DISTINCT FROM NULL THEN concat({}) END"
"""What the type shows, and COPY writes. Its cast to text may be another: `::1` of an inet becomes `::1/128`."""


def text_form(value: str, type: LogicalType, form: Form) -> str:
    """`value` (an SQL expression of the type) as text; NULL stays NULL."""
    if type.kind is Kind.ARRAY:
        return f"to_json({value})::text"
    if form is Form.SERIAL and type.kind in MOMENTS:
        return _day_number(value, type.kind)
    if form is Form.NUMBER:
        return _exact_number(value, type)
    plain = SHOWN if type.kind is Kind.OTHER else TEXT
    return SPECIAL.get((form, type.kind), plain).replace("{}", value)


def _day_number(value: str, kind: Kind) -> str:
    """Moments count in seconds since 1970, which is day 25569; a double holds them to the microsecond."""
    days = f"({value} - DATE '{DAY_ZERO}')" if kind is Kind.DATE else f"(date_part('epoch', {value}) / 86400 + 25569)"
    return f"CASE WHEN {value} >= '{FIRST_DAY}' AND {value} < '{AFTER_LAST_DAY}' THEN {days}::text END"


def _exact_number(value: str, type: LogicalType) -> str:
    text = SPECIAL.get((Form.NUMBER, type.kind), TEXT).replace("{}", value)
    condition = _exact(value, text, type)
    return f"CASE WHEN {condition} THEN {text} END" if condition else text


def _exact(value: str, text: str, type: LogicalType) -> str | None:
    """Finite, and of at most 15 characters; None where the type allows nothing else. Bounds are cheaper than text."""
    if type.kind is Kind.INTEGER:
        return None if (type.bits or 64) <= 32 else f"{value} BETWEEN -99999999999999 AND 999999999999999"
    if type.kind is Kind.DECIMAL:
        return _exact_decimal(value, text, type)
    return finite(value, type) if type.kind is Kind.FLOAT else None


def _exact_decimal(value: str, text: str, type: LogicalType) -> str:
    """With a fixed scale the length is a matter of size (and NaN is above everything)."""
    scale = type.scale or 0
    if type.precision is None or not 0 <= scale <= 12:
        return f"length({text}) <= {EXACT_DIGITS} AND {finite(value, type)}"
    digits = EXACT_DIGITS - scale - (1 if scale else 0)
    return f"{value} > -1e{digits - 1} AND {value} < 1e{digits}"


def finite(value: str, type: LogicalType) -> str:
    """Whether a number is one. Decimals are infinite since PostgreSQL 14 only, so older servers cannot be asked by
    name; but nothing infinite less itself is nothing."""
    if type.kind is Kind.FLOAT:
        return f"({value} > '-Infinity' AND {value} < 'Infinity')"
    return f"{value} < 'NaN'" if type.precision is not None else f"({value} - {value}) = 0"


def native_line(value: str, type: LogicalType) -> str:
    """`value` for COPY's own CSV: cast only where the type's output is not the text form."""
    if type.kind is Kind.ARRAY:
        return f"to_json({value})"
    return f"({value})::text" if type.kind in (Kind.BOOLEAN, Kind.TEXT) else value


def loadable(value: str, type: LogicalType) -> str:
    """`value` for COPY's own text format, which the type itself reads back: arrays stay arrays."""
    return value if type.kind is Kind.ARRAY else native_line(value, type)
