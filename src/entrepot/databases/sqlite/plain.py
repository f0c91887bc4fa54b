"""Values that leave as they are stored, or nearly: which those are, and what SQL makes of them."""

from __future__ import annotations

from dataclasses import dataclass

from entrepot.databases.dialect import DIGITS
from entrepot.databases.sqlite.pieces import STRANGE, literal
from entrepot.databases.sqlite.types import keeps_text
from entrepot.databases.sqlite.values import NUMERALS, ZERO_DAY, day_number
from entrepot.model.catalog import Field, Origin
from entrepot.model.templates import Escape, Form, Slot
from entrepot.model.types import MOMENTS, Kind

NEVER = frozenset({Kind.BYTES, Kind.BOOLEAN, Kind.DECIMAL, Kind.FLOAT})
"""Kinds whose values are stored otherwise than they are written, or in more than one way."""
MOMENT = "????-??-??[ T]??:??:??"
LOWEST = "\1"
"""The first character that a text begins with in SQLite's order, but for NUL."""
EXACT = "BETWEEN -99999999999999 AND 999999999999999"
"""Integers of at most 15 characters."""


@dataclass(frozen=True, kw_only=True)
class Plain:
    """Texts that can be taken as they are."""

    sql: str
    kind: Kind
    fits: str
    """Whether a value is one; never true for a NULL, nor for an empty text of a field that may be NULL."""
    text: str
    """`STRANGE` where it is none after all."""
    escape: Escape
    letters: str | None
    """Every character that `text` can have; None if any."""


def plain(sql: str, field: Field, slot: Slot) -> Plain | None:
    """What of a field can be taken so, in the form that `slot` asks for; None if nothing."""
    kind = field.type.kind
    number = kind is Kind.INTEGER or field.origin is Origin.AUTO_INCREMENT
    if number and slot.form is not Form.SERIAL:
        fits = f"typeof({sql}) = 'integer'{f' AND {sql} {EXACT}' if slot.form is Form.NUMBER else ''}"
        return Plain(sql=sql, kind=kind, fits=fits, text=sql, escape=slot.escape, letters=DIGITS)
    if slot.form is Form.SERIAL and kind in MOMENTS:
        fits, text = is_usual_moment(sql), usual_serial(sql)
        return Plain(sql=sql, kind=kind, fits=fits, text=text, escape=slot.escape, letters=NUMERALS)
    if is_text(field, slot):
        escape = (slot.otherwise or slot).escape
        return Plain(sql=sql, kind=kind, fits=is_filled_text(sql, field), text=sql, escape=escape, letters=None)
    return None


def is_text(field: Field, slot: Slot) -> bool:
    """Whether a text leaves as it is, and by one rule alone."""
    kind = field.type.kind
    if kind is Kind.DECIMAL and keeps_text(field.native):
        return slot.form is Form.TEXT and slot.otherwise is None
    if kind in NEVER or slot.form in (Form.SERIAL, Form.NUMBER):
        return False
    if slot.form is Form.ISO and kind in MOMENTS:
        return False
    return slot.otherwise is None or kind not in (Kind.JSON, Kind.ARRAY)


def is_filled_text(sql: str, field: Field) -> str:
    """A field of TEXT affinity holds no numbers; its empty texts are looked for in all values at once."""
    if keeps_text(field.native) and not field.nullable:
        return f"{sql} < x''"
    return f"+{sql} COLLATE BINARY BETWEEN {literal(LOWEST)} AND CAST(x'ff' AS TEXT)"


def is_usual_moment(sql: str) -> str:
    """Whether a text is a moment as most are written, in UTC or without a zone, in a time that spreadsheets know. Its
    digits are left to `strftime`. Only the last days of a month take a calendar."""
    fraction = f"{sql} GLOB '{MOMENT}.[0-9]*' AND ltrim(substr({sql}, 21), '0123456789') IN ('', '+00')"
    whole = f"{sql} GLOB '{MOMENT}' OR {sql} GLOB '{MOMENT}+00' OR {sql} GLOB '????-??-??'"
    return (
        f"+{sql} COLLATE BINARY BETWEEN '1900-03-02' AND ':' AND ({fraction} OR {whole})"
        f" AND substr({sql}, 12, 2) < '24' AND NOT instr({sql}, char(0))"
        f" AND (substr({sql}, 9, 2) < '29' OR date(substr({sql}, 1, 10), '+0 days') = substr({sql}, 1, 10))"
    )


def usual_serial(sql: str) -> str:
    """As `values.serial` has it."""
    number = day_number(sql, f"(strftime('%s', substr({sql}, 1, 19)) + {ZERO_DAY})")
    return f"coalesce(rtrim(rtrim({number}, '0'), '.'), {literal(STRANGE)})"
