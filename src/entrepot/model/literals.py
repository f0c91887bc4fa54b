"""What people type, read strictly as a value of a type; the result has the text form of docs/reference/values.md.

Strict, because a lenient reading filters other rows than the ones that were meant: `1.9` is not an integer,
`2024-02-30` is not a date, a label that an enum does not have is a mistake.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

from entrepot.model.literal_error import LiteralError
from entrepot.model.literal_moments import read_date, read_interval, read_time, read_timestamp, read_zoned
from entrepot.model.predicates import Value
from entrepot.model.suggest import nearest
from entrepot.model.types import Kind, LogicalType

INTEGER = re.compile(r"[+-]?[0-9]{1,400}")
NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?")
UUID = re.compile(r"([0-9a-f]{8})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{12})")
BYTES = re.compile(r"\\x(?:[0-9a-f]{2})*")
BOOLEANS = {"true": "true", "false": "false", "1": "true", "0": "false"}
SPECIAL_NUMBERS = {"nan": "NaN", "infinity": "Infinity", "+infinity": "Infinity", "-infinity": "-Infinity"}


def read_literal(text: str, type: LogicalType) -> Value:
    """`text` as a value of `type`; LiteralError, with the reason, if it is none.

    >>> read_literal("2024-01-02T10:00:00+02:00", LogicalType(kind=Kind.TIMESTAMP_TZ)).text
    '2024-01-02 08:00:00+00'
    """
    reader = READERS.get(type.kind)
    if reader is None:
        raise LiteralError(f"values of the type {type.describe()} cannot be compared")
    return Value(reader(text, type), type)


def _integer(text: str, type: LogicalType) -> str:
    if not INTEGER.fullmatch(text):
        raise LiteralError("it is not a whole number")
    number = int(text)
    lowest, highest = _limits(type)
    if not lowest <= number <= highest:
        raise LiteralError(f"it is not between {lowest} and {highest}")
    return str(number)


def _limits(type: LogicalType) -> tuple[int, int]:
    bits = type.bits or 64
    return (0, 2**bits - 1) if type.unsigned else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)


def _decimal(text: str, type: LogicalType) -> str:
    special = SPECIAL_NUMBERS.get(text.lower())
    if special is not None:
        return special
    if not NUMBER.fullmatch(text):
        raise LiteralError("it is not a number")
    number = Decimal(text)
    if number and not -1000 <= number.adjusted() <= 1000:
        raise LiteralError("it is too long a number")
    return format(abs(number) if number.is_zero() else number, "f")


def _float(text: str, type: LogicalType) -> str:
    special = SPECIAL_NUMBERS.get(text.lower())
    if special is not None:
        return special
    if not NUMBER.fullmatch(text):
        raise LiteralError("it is not a number")
    number = repr(float(text)).removesuffix(".0")
    if number in ("inf", "-inf"):
        raise LiteralError("it is too large a number")
    return number


def _boolean(text: str, type: LogicalType) -> str:
    found = BOOLEANS.get(text.lower())
    if found is None:
        raise LiteralError("it is neither true nor false")
    return found


def _text(text: str, type: LogicalType) -> str:
    if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise LiteralError("it holds a character that no text in a database has")
    return text


def _enum(text: str, type: LogicalType) -> str:
    """A label; for a MariaDB SET, labels joined by commas."""
    if type.values and text not in type.values:
        unknown = [label for label in text.split(",") if label not in type.values]
        if unknown:
            raise LiteralError(_label_words(unknown[0], type.values))
    return _text(text, type)


def _label_words(label: str, known: tuple[str, ...]) -> str:
    guess = nearest(label, known)
    question = f"; did you mean '{guess}'?" if guess else ""
    return f"the labels are {', '.join(known[:20])}{question}"


def _uuid(text: str, type: LogicalType) -> str:
    found = UUID.fullmatch(text.lower())
    if found is None:
        raise LiteralError("it is not a UUID")
    return "-".join(found.groups())


def _bytes(text: str, type: LogicalType) -> str:
    if not BYTES.fullmatch(text.lower()):
        raise LiteralError(r"bytes are written as \x and pairs of hexadecimal digits")
    return text.lower()


READERS: dict[Kind, Callable[[str, LogicalType], str]] = {
    Kind.BOOLEAN: _boolean,
    Kind.INTEGER: _integer,
    Kind.DECIMAL: _decimal,
    Kind.FLOAT: _float,
    Kind.TEXT: _text,
    Kind.BYTES: _bytes,
    Kind.DATE: read_date,
    Kind.TIME: read_time,
    Kind.TIMESTAMP: read_timestamp,
    Kind.TIMESTAMP_TZ: read_zoned,
    Kind.INTERVAL: read_interval,
    Kind.UUID: _uuid,
    Kind.ENUM: _enum,
    Kind.OTHER: _text,
}

EXAMPLES: dict[Kind, str] = {
    Kind.BOOLEAN: "true",
    Kind.INTEGER: "42",
    Kind.DECIMAL: "12.50",
    Kind.FLOAT: "0.1",
    Kind.TEXT: "'blue'",
    Kind.BYTES: r"'\xdeadbeef'",
    Kind.DATE: "'2024-01-31'",
    Kind.TIME: "'10:30:00'",
    Kind.TIMESTAMP: "'2024-01-31 10:30:00'",
    Kind.TIMESTAMP_TZ: "'2024-01-31 10:30:00+00'",
    Kind.INTERVAL: "'P1DT2H'",
    Kind.UUID: "'0f8fad5b-d9cb-469f-a165-70867728950e'",
    Kind.ENUM: "'a label'",
    Kind.OTHER: "'text'",
}
"""How a value of each kind is written in a filter; a kind that is missing cannot be compared."""
