"""Stretches of rows that are nothing but plain constants, as CSV at once: proven by one regular expression, which
stops at whatever else there is, and turned into what DuckDB reads by replacing what stands outside of strings.

Some values begin with a mark there, which says what they are: `BYTES` hexadecimal digits, `REAL` a double, `AS_IT_IS`
a text that begins like a mark. A file that has such characters itself is read the careful way.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from entrepot.workbench.reading.sql.dialect import MYSQL, POSTGRES, SQLITE, Dialect
from entrepot.workbench.reading.sql.names import Column
from entrepot.workbench.reading.sql.statements import ESCAPED, STANDARD
from entrepot.workbench.reading.sql.values import SURE_DIGITS, TEXT, is_bytea

BYTES, REAL, REJECTED, AS_IT_IS = "\x01", "\x02", "\x03", "\x04"
MARKS = (b"\x00", b"\x01", b"\x02", b"\x03", b"\x04")
NUMBER = rb"-?(?:[0-9]++(?:\.[0-9]*+)?+|\.[0-9]++)(?:[eE][+-]?[0-9]{1,2}+)?+"
HEX_STRING, HEX_NUMBER = rb"X'(?:[0-9A-Fa-f]{2})*+'", rb"0x(?:[0-9A-Fa-f]{2})*+"
HEX_NUMBERS = re.compile(rb"\b0x([0-9A-Fa-f]*+)")
LONG_REALS = re.compile(rb"-?(?=[0-9]*+[.eE])(?=(?:[.eE+-]*+[0-9]){%d})[0-9.eE+-]++" % (SURE_DIGITS + 1))
"""Those that `values.number` does not leave as they are written; from their first digit on."""
ESCAPES = {
    MYSQL: ((b"\\'", b"''"), (b'\\"', b'"'), (b"\\n", b"\n"), (b"\\r", b"\r"), (b"\\t", b"\t"), (b"\\Z", b"\x1a")),
    POSTGRES: ((b"\\'", b"''"), (b'\\"', b'"'), (b"\\n", b"\n"), (b"\\r", b"\r"), (b"\\t", b"\t")),
}
"""Those that are usual; strings with another one are read the careful way."""
USUAL_BORDERS = 2
"""Between two rows of a statement, and between two statements."""


class OddRunError(Exception):
    """The careful way is needed."""


def plain(dialect: Dialect, *, hexadecimal: bool) -> bytes:
    """A value."""
    words = rb"NULL|" + (rb"true|false|" if dialect.name != MYSQL else b"")
    more = b""
    if hexadecimal:
        more = b"|" + HEX_STRING + (b"|" + HEX_NUMBER if dialect.name == MYSQL else b"")
    string = ESCAPED if dialect.escapes else STANDARD
    zero_x = rb"(?!0x)" if dialect.name == MYSQL else b""
    return rb"(?:" + zero_x + NUMBER + b"|" + string + b"|" + words.rstrip(b"|") + more + b")"


class Quick:
    """For the rows of one form of an INSERT."""

    def __init__(self, columns: Sequence[Column], head: bytes, dialect: Dialect) -> None:
        self.dialect = dialect
        self.has_bytea = any(is_bytea(column, dialect.name) for column in columns)
        row = rb"\(" + rb", ?".join(patterns(columns, dialect)) + rb"\)"
        following = rb"(?:,\s*+|(?: ON CONFLICT DO NOTHING)?+;\s*+" + re.escape(head) + rb")"
        self.row = re.compile(row, re.DOTALL)
        self.run = re.compile(rb"(?:" + row + following + rb"(?=\())*+", re.DOTALL)
        self.border = re.compile(rb"\)" + following + rb"\(?")

    def end(self, data: bytes, at: int) -> int:
        """Behind all whole rows from there on that are followed by another one."""
        match = self.run.match(data, at)
        return match.end() if match else at

    def starts(self, text: bytes) -> Iterator[int]:
        """Where its rows begin."""
        return (match.start() for match in self.row.finditer(text))

    def csv(self, text: bytes, encoding: str) -> tuple[bytes, int]:
        """As UTF-8, and how many rows. Raises OddRunError."""
        if any(mark in text for mark in MARKS):
            raise OddRunError
        if self.dialect.escapes and b"\\" in text:
            text = unescaped(text, self.dialect.name)
        if self.has_bytea and text.count(b"\\") != text.count(b"'\\x"):
            raise OddRunError
        parts = text.split(b"'")
        bare = b"'".join(parts[::2])
        block, rows = self.as_it_stands(text, bare) or self.piece_by_piece(parts, bare)
        return recoded(block, encoding), rows

    def as_it_stands(self, text: bytes, bare: bytes) -> tuple[bytes, int] | None:
        """Where only what stands between rows must become something else, and stands in no string: the usual case."""
        whole, lines = text[1:] + b"(", bare[1:] + b"("
        for _ in range(USUAL_BORDERS):
            if match := self.border.search(lines):
                if whole.count(match[0]) != lines.count(match[0]):
                    return None
                whole, lines = (each.replace(match[0], b"\n") for each in (whole, lines))
        if any(mark in lines for mark in (b")", b", ", b"X'", b"0x")):
            return None
        if self.dialect.name == SQLITE and LONG_REALS.search(lines):
            return None
        return whole, lines.count(b"\n")

    def piece_by_piece(self, parts: list[bytes], bare: bytes) -> tuple[bytes, int]:
        """`parts`: what stands between quotes; every other one is in a string."""
        if b"X'" in bare:
            outside = parts[::2]
            for at in hexadecimal(outside):
                outside[at] = outside[at][:-1]
                parts[2 * at + 1] = b"\x01" + parts[2 * at + 1]
            bare = b"'".join(outside)
        bare = self.bare(bare)
        parts[::2] = bare.split(b"'")
        return b"'".join(parts), bare.count(b"\n")

    def bare(self, text: bytes) -> bytes:
        """What stands outside of strings, a row to a line."""
        lines = text[1:] + b"("
        for _ in range(USUAL_BORDERS):
            if match := self.border.search(lines):
                lines = lines.replace(match[0], b"\n")
        if b")" in lines:
            lines = self.border.sub(b"\n", lines)
        lines = lines.replace(b", ", b",")
        if self.dialect.name == MYSQL and b"0x" in lines:
            lines = HEX_NUMBERS.sub(b"\x01\\1", lines)
        return LONG_REALS.sub(b"\x02\\g<0>", lines) if self.dialect.name == SQLITE else lines


def patterns(columns: Sequence[Column], dialect: Dialect) -> Iterator[bytes]:
    """Bytes for a text are read the careful way."""
    for is_text, some in groupby(columns, lambda column: dialect.name == MYSQL and bool(TEXT.match(column.type))):
        one = plain(dialect, hexadecimal=not is_text and dialect.name != POSTGRES)
        more = len(list(some)) - 1
        yield one + (rb"(?:, ?" + one + rb"){%d}+" % more if more else b"")


def hexadecimal(outside: Sequence[bytes]) -> list[int]:
    """Which of the strings are bytes."""
    return [at for at, part in enumerate(outside) if part.endswith(b"X")]


def unescaped(text: bytes, dialect: str) -> bytes:
    """Backslashes stand in strings only; pairs of them are set aside first."""
    text = text.replace(b"\\\\", b"\x00")
    for escape, character in ESCAPES[dialect]:
        if b"\\" not in text:
            break
        text = text.replace(escape, character)
    if b"\\" in text:
        raise OddRunError
    return text.replace(b"\x00", b"\\")


def recoded(text: bytes, encoding: str) -> bytes:
    try:
        decoded = text.decode(encoding)
    except UnicodeDecodeError:
        raise OddRunError from None
    return text if encoding == "utf-8" else decoded.encode()
