"""What a value looks like in our JSON (docs/reference/values.md), as far as its column's type promises it.

SQLite keeps any value in any column, so there nothing is promised but the sort of value that the type is made for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from entrepot.model.types import Kind, LogicalType

UNBOUND = frozenset({"sqlite"})
"""The engines that hold no value to the limits of its type."""
INFINITIES = ("Infinity", "-Infinity")
SAFE_BITS = 53
"""What a number of JavaScript holds exactly."""
DAY = r"(-?infinity|\d{4,}-\d{2}-\d{2}( BC)?)"
CLOCK = r"\d{2}:\d{2}:\d{2}(\.\d{1,6})?"
MOMENT = rf"(-?infinity|\d{{4,}}-\d{{2}}-\d{{2}}T{CLOCK}( BC)?)"
MOMENT_TZ = rf"(-?infinity|\d{{4,}}-\d{{2}}-\d{{2}}T{CLOCK}\+00:00( BC)?)"
PATTERNS: Mapping[Kind, str] = {
    Kind.BYTES: r"\\x([0-9a-f]{2})*",
    Kind.DATE: DAY,
    Kind.TIME: r"-?\d{2,}:\d{2}:\d{2}(\.\d{1,6})?([+-]\d{2}(:\d{2}){0,2})?",
    Kind.TIMESTAMP: MOMENT,
    Kind.TIMESTAMP_TZ: MOMENT_TZ,
    Kind.UUID: r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
}
LOOKS: Mapping[Kind, str] = {
    Kind.BYTES: "Bytes as hex digits: \\x00ff",
    Kind.DATE: "A day: 2024-01-31",
    Kind.TIME: "A time of day: 09:30:00",
    Kind.TIMESTAMP: "A moment without a zone: 2024-01-31T09:30:00",
    Kind.TIMESTAMP_TZ: "A moment in UTC: 2024-01-31T09:30:00+00:00",
    Kind.INTERVAL: "A duration (ISO 8601): P1DT2H",
    Kind.UUID: "A UUID",
}
LONG = "May have more digits than a number of JavaScript keeps"


class Sort(StrEnum):
    BOOLEAN = "boolean"
    NUMBER = "number"
    """Bare digits; or one of `words`."""
    CHOICE = "choice"
    """One of `words`."""
    TEXT = "text"
    ANY = "any"
    """Any JSON value."""
    LIST = "list"


@dataclass(frozen=True, kw_only=True)
class Shape:
    sort: Sort
    words: tuple[str, ...] = ()
    whole: bool = False
    least: int | None = None
    most: int | None = None
    longest: int | None = None
    """In characters."""
    pattern: str | None = None
    element: Shape | None = None
    looks: str = ""
    """How a value is written, where its sort does not say it."""


def shape_of(type: LogicalType, native: str, engine: str) -> Shape:
    """`native` is the engine's own word for the type."""
    strict = engine not in UNBOUND
    match type.kind:
        case Kind.BOOLEAN:
            return Shape(sort=Sort.BOOLEAN)
        case Kind.INTEGER:
            return _integer(type) if strict else Shape(sort=Sort.NUMBER)
        case Kind.DECIMAL | Kind.FLOAT:
            return Shape(sort=Sort.NUMBER, words=_no_numbers(type, engine), looks=_digits(type))
        case Kind.JSON:
            return Shape(sort=Sort.ANY)
        case Kind.ARRAY:
            return Shape(sort=Sort.LIST, element=_element(type, engine) if strict else Shape(sort=Sort.ANY))
        case _:
            return _text(type, native, strict=strict)


def _text(type: LogicalType, native: str, *, strict: bool) -> Shape:
    """A set of labels is any of them, joined by commas."""
    kind = type.kind
    if kind is Kind.ENUM and type.values and not native.lower().startswith("set("):
        return Shape(sort=Sort.CHOICE, words=tuple(dict.fromkeys(type.values)))
    longest = type.length if strict and kind is Kind.TEXT and not type.in_bytes else None
    pattern = PATTERNS.get(kind) if strict or kind is Kind.BYTES else None
    return Shape(sort=Sort.TEXT, longest=longest, pattern=pattern, looks=LOOKS.get(kind, ""))


def _integer(type: LogicalType) -> Shape:
    bits = type.bits or 64
    least, most = (0, 2**bits - 1) if type.unsigned else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
    looks = LONG if bits > SAFE_BITS else ""
    return Shape(sort=Sort.NUMBER, whole=True, least=least, most=most, looks=looks)


def _digits(type: LogicalType) -> str:
    exact = type.kind is Kind.FLOAT or (type.precision is not None and type.precision <= 15)
    return "" if exact else LONG


def _no_numbers(type: LogicalType, engine: str) -> tuple[str, ...]:
    """What a column of numbers may hold that JSON has no number for."""
    if engine == "mysql":
        return ()
    if engine in UNBOUND:
        return INFINITIES
    bounded = type.kind is Kind.DECIMAL and type.precision is not None
    return ("NaN",) if bounded else ("NaN", *INFINITIES)


def _element(type: LogicalType, engine: str) -> Shape:
    """In an array composite values are objects, and moments are written by the server, with the offset it likes."""
    element = type.element
    if element is None or element.kind is Kind.OTHER:
        return Shape(sort=Sort.ANY)
    found = shape_of(element, "", engine)
    if element.kind in (Kind.DATE, Kind.TIME, Kind.TIMESTAMP, Kind.TIMESTAMP_TZ):
        return Shape(sort=Sort.TEXT, looks=found.looks)
    return found
