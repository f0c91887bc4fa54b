"""An example of a value, as people would write it. It is made from the field's type and rules alone: no row of the
database is looked at, so that nobody's data can be in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation

from entrepot.model.catalog import Field
from entrepot.model.types import MOMENTS, NUMBERS, Kind, LogicalType

PLAIN: Mapping[Kind, str] = {
    Kind.BOOLEAN: "true",
    Kind.INTEGER: "1",
    Kind.FLOAT: "1.5",
    Kind.BYTES: "\\x00ff",
    Kind.DATE: "2024-01-31",
    Kind.TIME: "09:30:00",
    Kind.TIMESTAMP: "2024-01-31 09:30:00",
    Kind.TIMESTAMP_TZ: "2024-01-31 09:30:00+00",
    Kind.INTERVAL: "P1DT2H",
    Kind.UUID: "0f8fad5b-d9cb-469f-a165-70867728950e",
    Kind.JSON: '{"key": "value"}',
}
TEXTS: Mapping[str, str] = {
    "email": "name@example.com",
    "url": "https://example.com",
    "phone": "030 5550100",
    "uuid": "0f8fad5b-d9cb-469f-a165-70867728950e",
}
"""By the name of the rule, by what kind of personal data it is, or by a part of the field's name."""
LATER = "2099-12-31"
WORD = "Example"


def example_of(field: Field, allowed: Sequence[str]) -> str | None:
    """None where nothing is known that would be good."""
    if allowed:
        return allowed[0]
    if any(rule.name == "pattern" for rule in field.rules):
        return None
    kind = field.type.kind
    if kind in NUMBERS:
        return _number(field)
    if kind in MOMENTS:
        return _moment(field)
    if kind is Kind.ARRAY:
        return _list(field.type.element)
    return _text(field) if kind is Kind.TEXT else _bytes(field) if kind is Kind.BYTES else PLAIN.get(kind)


def _argument(field: Field, rule: str) -> str | None:
    return next((found.argument for found in field.rules if found.name == rule), None)


def _number(field: Field) -> str:
    plain = _decimal(field.type) if field.type.kind is Kind.DECIMAL else PLAIN[field.type.kind]
    for rule, is_beyond in (("min", Decimal.__lt__), ("max", Decimal.__gt__)):
        limit = _argument(field, rule)
        try:
            if limit is not None and is_beyond(Decimal(plain), Decimal(limit)):
                return limit
        except InvalidOperation:
            return plain
    return plain


def _decimal(type: LogicalType) -> str:
    """
    >>> _decimal(LogicalType(kind=Kind.DECIMAL, precision=8, scale=2)), _decimal(LogicalType(kind=Kind.DECIMAL))
    ('12.50', '12.50')
    """
    if type.precision is None:
        return "12.50"
    scale = max(type.scale or 0, 0)
    before = "12"[: max(type.precision - scale, 0)] or "0"
    return f"{before}.{'5'.ljust(min(scale, 2), '0')}" if scale else before


def _moment(field: Field) -> str:
    plain = PLAIN[field.type.kind]
    if any(rule.name == "future" for rule in field.rules):
        return LATER + plain[len(LATER) :]
    least, most = _argument(field, "min"), _argument(field, "max")
    if least is not None and plain < least:
        return least
    return most if most is not None and plain > most else plain


def _list(element: LogicalType | None) -> str | None:
    kind = None if element is None else element.kind
    if kind in NUMBERS:
        return "[1, 2]"
    return '["first", "second"]' if kind is Kind.TEXT else None


def _bytes(field: Field) -> str:
    length = field.type.length
    return PLAIN[Kind.BYTES] if length is None or length > 1 else "\\x00"


def _text(field: Field) -> str:
    plain = _known_text(field) or WORD
    low, dots, high = (_argument(field, "length") or "").partition("..")
    shortest = int(low) if low.strip().isdigit() else 0
    longest = [int(high)] if high.strip().isdigit() else [] if dots or not shortest else [shortest]
    longest += [] if field.type.length is None else [field.type.length]
    while len(plain) < shortest:
        plain += WORD
    return plain[: min(longest, default=len(plain))]


def _known_text(field: Field) -> str | None:
    said = {rule.name for rule in field.rules} | ({field.sensitive} if field.sensitive else set())
    name = field.name.casefold()
    found = next((text for word, text in TEXTS.items() if word in said), None)
    return found or next((text for word, text in TEXTS.items() if word in name), None)
