"""What Excel itself asks of the cells of a column, as soon as somebody types.

It stops what cannot be right, and only warns where the import may know better: of rows that are new in the same
workbook, of dates before 1900, and of numbers that Excel would round, which have to be typed as texts.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from entrepot.model.types import Kind, LogicalType
from entrepot.templating.entities import TemplateField
from entrepot.templating.words import type_words

EXACT = 10**15 - 1
"""What Excel keeps all digits of."""
LARGEST, LONGEST = 1e300, 300
FIRST_DAY, LAST_DAY = date(1900, 3, 1), datetime(9999, 12, 31, 23, 59, 59)  # noqa: DTZ001 - cells have no zone
Validation = dict[str, Any]
AS_TEXT = "To type something else as a text, begin with '."


def validation_of(item: TemplateField) -> Validation | None:
    """None: everything may be typed. Lists are for `lists`."""
    kept = item.type
    match kept.kind:
        case Kind.INTEGER:
            return _whole(item, *_bounds(kept))
        case Kind.DECIMAL | Kind.FLOAT:
            return _number(item)
        case Kind.DATE | Kind.TIMESTAMP | Kind.TIMESTAMP_TZ:
            moments = {"validate": "date", "criteria": "between", "minimum": FIRST_DAY, "maximum": LAST_DAY}
            return {**moments, **told(item, AS_TEXT, stop=False)}
        case Kind.TEXT if kept.length is not None and not kept.in_bytes:
            longest = {"validate": "length", "criteria": "<=", "value": kept.length}
            return {**longest, **told(item, "", stop=True)}
        case _:
            return None


def _bounds(type: LogicalType) -> tuple[int, int]:
    bits = type.bits or 64
    return (0, 2**bits - 1) if type.unsigned else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)


def _whole(item: TemplateField, least: int, most: int) -> Validation:
    exact = least >= -EXACT and most <= EXACT
    bounds = {"minimum": max(least, -EXACT), "maximum": min(most, EXACT)}
    words = "" if exact else f"More than 15 digits: {AS_TEXT}"
    return {"validate": "integer", "criteria": "between", **bounds, **told(item, words, stop=exact)}


def _number(item: TemplateField) -> Validation:
    """A decimal that is too long for Excel, or has no limit, may be typed as a text."""
    precision, scale = item.type.precision, item.type.scale or 0
    exact = precision is not None and precision <= 15
    fits = precision is not None and precision - scale < LONGEST
    most = float(Decimal(10) ** ((precision or 0) - scale) - Decimal(10) ** -scale) if fits else LARGEST
    bounds = {"validate": "decimal", "criteria": "between", "minimum": -most, "maximum": most}
    return {**bounds, **told(item, "" if exact else AS_TEXT, stop=exact)}


def told(item: TemplateField, more: str, *, stop: bool) -> Validation:
    """Excel takes 32 characters for a title and 255 for a message."""
    words = f"{type_words(item.type)}.{f' {more}' if more else ''}"
    return {
        "error_title": cut(item.title, 32),
        "error_message": cut(words, 255),
        "error_type": "stop" if stop else "warning",
    }


def cut(text: str, units: int) -> str:
    """So many units of UTF-16, never half a character.

    >>> cut("abc😀", 4), cut("a\\x0bb", 4)
    ('abc', 'a b')
    """
    text = visible(text)
    return text.encode("utf-16-le", errors="replace")[: 2 * units].decode("utf-16-le", errors="ignore")


def visible(text: str) -> str:
    """Workbooks are XML, which has no place for control characters."""
    return "".join(character if character.isprintable() or character == "\n" else " " for character in text)
