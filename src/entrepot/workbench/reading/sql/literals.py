"""One value of a row, carefully: every way in which dumps write a constant. Nothing is computed but what only another
spelling of a constant is (`CAST('1' AS TEXT)`, `replace('a\\nb', '\\n', char(10))`)."""

from __future__ import annotations

import re

from entrepot.workbench.reading.sql.calls import as_type, called, joined
from entrepot.workbench.reading.sql.dialect import MYSQL, POSTGRES, Dialect
from entrepot.workbench.reading.sql.literal import WORDS, Literal, NotLiteralError, UnendedError
from entrepot.workbench.reading.sql.strings import mysql_unescaped, postgres_unescaped, undoubled, unicode_unescaped
from entrepot.workbench.reading.sql.tokens import (
    BITS,
    DOLLAR,
    DOUBLE,
    ESCAPED_STRING,
    HEX,
    NUMBER,
    PREFIX,
    SPACE,
    STANDARD_STRING,
    TYPE,
    TYPED,
    WORD,
)

DEEPEST = 50


class Literals:
    """Reads from `at` on."""

    def __init__(self, data: bytes, at: int, dialect: Dialect, encoding: str) -> None:
        self.data, self.at, self.dialect, self.encoding = data, at, dialect, encoding
        self.depth = 0

    def space(self) -> bytes:
        """The next byte behind white space and comments. Raises UnendedError at the end."""
        match = SPACE.match(self.data, self.at)
        self.at = match.end() if match else self.at
        if self.at >= len(self.data):
            raise UnendedError
        return self.data[self.at : self.at + 1]

    def value(self) -> Literal:
        """With casts behind it, and pieces that are joined. Raises NotLiteralError."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise NotLiteralError
        found = self.cast(self.single())
        while self.data.startswith(b"||", self.at):
            self.at += 2
            found = joined(found, self.cast(self.single()))
        self.depth -= 1
        return found

    def cast(self, found: Literal) -> Literal:
        self.space()
        while self.data.startswith(b"::", self.at):
            self.at += 2
            self.space()
            found = as_type(found, self.type())
            self.space()
        return found

    def type(self) -> str:
        match = TYPE.match(self.data, self.at)
        if match is None:
            raise NotLiteralError
        if match.end() == len(self.data):
            raise UnendedError
        self.at = match.end()
        return match[0].decode("utf-8", "replace").lower()

    def single(self) -> Literal:
        first = self.space()
        if first == b"'" or (first == b'"' and not self.dialect.ansi_quotes):
            return self.string(b"")
        if prefix := PREFIX.match(self.data, self.at):
            self.at = prefix.end()
            return self.string(prefix[0].strip().lower())
        if first.isdigit() or first == b".":
            return self.number()
        return self.signed(first) if first in b"-+" else self.rare(first)

    def rare(self, first: bytes) -> Literal:
        if first == b"$" and self.dialect.name != MYSQL:
            return self.dollar()
        return self.bracketed() if first == b"(" else self.worded()

    def signed(self, sign: bytes) -> Literal:
        self.at += 1
        if not (self.space().isdigit() or self.data[self.at : self.at + 1] == b"."):
            raise NotLiteralError
        found = self.number()
        if found.kind != "number":
            raise NotLiteralError
        return Literal("number", f"-{found.text}" if sign == b"-" else found.text)

    def number(self) -> Literal:
        for pattern, kind in ((HEX, "bytes"), (BITS, "bits"), (NUMBER, "number")):
            if match := pattern.match(self.data, self.at):
                if match.end() == len(self.data):
                    raise UnendedError
                self.at = match.end()
                if kind == "bytes":
                    return Literal("bytes", raw=bytes.fromhex(match[1].decode()))
                return Literal(kind, match[1 if kind == "bits" else 0].decode())
        raise NotLiteralError

    def string(self, prefix: bytes) -> Literal:
        if prefix.startswith(b"_") and self.data[self.at : self.at + 1] in (b"x", b"X"):
            self.at, prefix = self.at + 1, b"x"
        if self.data[self.at : self.at + 1] == b'"':
            return self.decoded(mysql_unescaped(self.body(DOUBLE), b'"'), prefix)
        if prefix in (b"x", b"b"):
            return self.digits(self.body(STANDARD_STRING).decode("ascii", "replace"), prefix)
        if prefix == b"u&":
            return Literal("text", unicode_unescaped(self.text(undoubled(self.body(STANDARD_STRING)))))
        if prefix == b"e" or (self.dialect.escapes and self.dialect.name != MYSQL):
            return Literal("text", postgres_unescaped(self.text(self.body(ESCAPED_STRING))))
        body = self.body(ESCAPED_STRING if self.dialect.escapes else STANDARD_STRING)
        return self.decoded(mysql_unescaped(body) if self.dialect.escapes else undoubled(body), prefix)

    def body(self, pattern: re.Pattern[bytes]) -> bytes:
        match = pattern.match(self.data, self.at)
        if match is None or match.end() == len(self.data):
            raise UnendedError
        self.at = match.end()
        return match[0][1:-1]

    def text(self, raw: bytes) -> str:
        return raw.decode(self.encoding, "surrogateescape")

    def decoded(self, raw: bytes, prefix: bytes) -> Literal:
        if prefix == b"_binary":
            return Literal("bytes", raw=raw)
        if prefix == b"n" and self.dialect.name == POSTGRES:
            raw = raw.rstrip(b" ")  # it is a `character` there
        return Literal("text", self.text(raw), raw)

    def digits(self, text: str, prefix: bytes) -> Literal:
        if prefix == b"b" or self.dialect.name == POSTGRES:
            bits = text if prefix == b"b" else "".join(f"{int(digit, 16):04b}" for digit in text)
            if set(bits) - {"0", "1"}:
                raise NotLiteralError
            return Literal("bits", bits)
        try:
            return Literal("bytes", raw=bytes.fromhex(text))
        except ValueError:
            raise NotLiteralError from None

    def dollar(self) -> Literal:
        match = DOLLAR.match(self.data, self.at)
        if match is None or match.end() == len(self.data):
            raise UnendedError
        self.at = match.end()
        return Literal("text", self.text(match["body"]))

    def bracketed(self) -> Literal:
        self.at += 1
        found = self.value()
        self.expect(b")")
        return found

    def expect(self, byte: bytes) -> None:
        if self.space() != byte:
            raise NotLiteralError
        self.at += 1

    def worded(self) -> Literal:
        match = WORD.match(self.data, self.at)
        if match is None:
            raise NotLiteralError
        if match.end() == len(self.data):
            raise UnendedError
        self.at, word = match.end(), match[0].upper()
        after = self.space()
        if word in WORDS and after != b"(":
            return WORDS[word]
        if word == b"ARRAY" and after == b"[":
            return Literal("items", items=tuple(self.list(b"]")))
        if word in TYPED and after == b"'":
            return self.string(b"")
        if after != b"(":
            raise NotLiteralError
        return (
            self.cast_call() if word == b"CAST" else called(word.decode().lower(), self.list(b")"), self.dialect.name)
        )

    def cast_call(self) -> Literal:
        self.at += 1
        found = self.value()
        match = WORD.match(self.data, self.at)
        if match is None or match[0].upper() != b"AS":
            raise NotLiteralError
        self.at = match.end()
        self.space()
        found = as_type(found, self.type())
        self.expect(b")")
        return found

    def list(self, close: bytes) -> list[Literal]:
        """From a bracket to its end."""
        self.at += 1
        found: list[Literal] = []
        if self.space() == close:
            self.at += 1
            return found
        while True:
            found.append(self.nested() if close == b"]" else self.value())
            if self.space() == close:
                self.at += 1
                return found
            self.expect(b",")

    def nested(self) -> Literal:
        if self.space() != b"[":
            return self.value()
        self.depth += 1
        if self.depth > DEEPEST:
            raise NotLiteralError
        found = Literal("items", items=tuple(self.list(b"]")))
        self.depth -= 1
        return found
