"""One row of an INSERT, value by value: the careful way."""

from __future__ import annotations

from typing import NamedTuple

from entrepot.workbench.reading.sql.dialect import Dialect
from entrepot.workbench.reading.sql.literal import Literal, NotLiteralError, UnendedError
from entrepot.workbench.reading.sql.literals import Literals
from entrepot.workbench.reading.sql.tokens import ESCAPED_STRING, OTHER, STANDARD_STRING


class BrokenError(Exception):
    """This is no row."""

    def __init__(self, at: int, fact: str) -> None:
        super().__init__(fact)
        self.at, self.fact = at, fact


class Value(NamedTuple):
    at: int
    literal: Literal | None
    """None: it is an expression, and nobody knows its value."""
    text: bytes = b""
    """Of the expression."""


class Row(NamedTuple):
    values: tuple[Value, ...]
    end: int


def read_row(data: bytes, at: int, dialect: Dialect, encoding: str) -> Row:
    """From its bracket on. Raises UnendedError where `data` ends too early, and BrokenError."""
    reader = Literals(data, at, dialect, encoding)
    if reader.space() != b"(":
        raise BrokenError(reader.at, "a row, which begins with a bracket, was expected here")
    reader.at += 1
    values: list[Value] = []
    if reader.space() == b")":
        return Row((), reader.at + 1)
    while True:
        values.append(read_value(reader))
        closing = reader.space()
        reader.at += 1
        if closing == b")":
            return Row(tuple(values), reader.at)


def read_value(reader: Literals) -> Value:
    reader.space()
    begun = reader.at
    try:
        found = reader.value()
        if reader.space() in b",)":
            return Value(begun, found)
    except NotLiteralError:
        pass
    reader.depth = 0
    reader.at = expression_end(reader.data, begun, reader.dialect)
    return Value(begun, None, reader.data[begun : reader.at].strip())


def expression_end(data: bytes, at: int, dialect: Dialect) -> int:
    """Where the comma or the bracket behind it stands."""
    depth = 0
    while at < len(data):
        if data[at : at + 1] == b"'":
            at = string_end(data, at, dialect)
            continue
        match = OTHER.match(data, at)
        if match is None or match["cut"] is not None:
            raise UnendedError
        if match["end"] is not None:
            raise BrokenError(at, "the statement ends within a row")
        if not depth and (match["comma"] is not None or match[0] == b")"):
            return at
        depth += (match["open"] is not None) - (match["close"] is not None)
        at = match.end()
    raise UnendedError


def string_end(data: bytes, at: int, dialect: Dialect) -> int:
    escapes = dialect.escapes or data[at - 1 : at] in (b"e", b"E")
    match = (ESCAPED_STRING if escapes else STANDARD_STRING).match(data, at)
    if match is None or match.end() == len(data):
        raise UnendedError
    return match.end()
