"""The proof that a CSV file is plain: that DuckDB, which reads some things its own way, must read it as we would.

What is within quotes is taken out by splitting at quoted values. In the rest a quote stands for one of them, and
borders can be looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from entrepot.model.templates import CsvDialect
from entrepot.workbench.reading.text import TextFile

NO_QUOTE = "\x01"
"""DuckDB must have one; a file that holds this character is not plain."""


class NotPlainError(Exception):
    """Never leaves this package: the careful way takes over."""


class LongRowError(NotPlainError):
    """A record has no room in what was given to it."""


@dataclass(kw_only=True)
class Plain:
    """Fed with the blocks of a file; each ends with a line."""

    dialect: CsvDialect
    alone: bool = False
    inside: bool = False
    records: int = 0
    delimiters: int = 0
    """DuckDB drops empty values behind the last column, so they are counted here."""

    def __post_init__(self) -> None:
        self.quote = (self.dialect.quote or NO_QUOTE).encode()
        self.quoting = bool(self.dialect.quote)
        self.delimiter = self.dialect.delimiter.encode()
        self.end = self.dialect.newline.encode()
        if len(self.delimiter) > 1:
            raise NotPlainError("delimiter")
        self.quoted = quoted_value(self.quote)
        self.misplaced = misplaced(self.quote, self.delimiter, self.end)
        self.ordinary = bytes(set(range(256)).difference(self.delimiter + self.quote + b"\r\n"))

    def take(self, block: bytes) -> None:
        """Raises NotPlainError."""
        if b"\0" in block:
            raise NotPlainError("NUL")
        if not self.quoting and self.quote in block:
            raise NotPlainError("control character")
        bare = self.outside(block) if self.inside or self.quote in block else block
        borders = bare.translate(None, self.ordinary)
        self.check_ends(bare, borders)
        self.records += borders.count(b"\n")
        self.delimiters += borders.count(self.delimiter)

    def outside(self, block: bytes) -> bytes:
        """The block without what is quoted: a quote for each quoted value."""
        begun = self.quote + block if self.inside else block
        bare, values = self.quoted.subn(self.quote, begun)
        self.inside = bare.count(self.quote) > values
        if self.inside:
            bare = self.ended(begun)
        if self.misplaced.search(bare) or (self.inside and bare[-1:] not in (self.delimiter, b"\n", b"")):
            raise NotPlainError("quotes")
        return bare

    def ended(self, begun: bytes) -> bytes:
        """Up to the quote that is left: it opens a value that does not end in the block."""
        parts = self.quoted.split(begun)
        at = next(number for number, part in enumerate(parts) if self.quote in part)
        return self.quote.join([*parts[:at], parts[at].partition(self.quote)[0]])

    def check_ends(self, bare: bytes, borders: bytes) -> None:
        """One way to end a line, and none that is blank, or has one bare value where others have several."""
        returns = borders.count(b"\r")
        if self.end == b"\r\n" and not returns == borders.count(b"\n") == bare.count(self.end):
            raise NotPlainError("newlines")
        if self.end == b"\n" and returns:
            raise NotPlainError("newlines")
        if not self.alone and (borders.startswith(self.end) or b"\n" + self.end in borders):
            raise NotPlainError("no delimiter")


def misplaced(quote: bytes, delimiter: bytes, end: bytes) -> re.Pattern[bytes]:
    """A quote that stands for a value, but not between two borders. It begins with a plain character, which makes the
    search many times faster."""
    one, before, behind = re.escape(quote), re.escape(delimiter + b"\n"), re.escape(delimiter + end[:1])
    return re.compile(one + b"(?:(?![" + behind + b"])|(?<=[^" + before + b"]" + one + b"))")


def quoted_value(quote: bytes) -> re.Pattern[bytes]:
    """From its quote to its quote, with the doubled ones between. It never tries a shorter one: a value that does not
    end is none."""
    one = re.escape(quote)
    rest = b"[^" + one + b"]*+"
    return re.compile(one + rest + b"(?:" + one * 2 + rest + b")*+" + one)


@dataclass(kw_only=True)
class PlainRows:
    """The data records of a file as UTF-8, each block after it was found plain."""

    text: TextFile
    plain: Plain
    start: int
    """Bytes of UTF-8 in front of the first."""
    longest: int

    @property
    def quote(self) -> bytes:
        return self.plain.quote

    @property
    def dialect(self) -> CsvDialect:
        return replace(self.plain.dialect, quote=self.plain.quote.decode())

    def blocks(self) -> Iterator[bytes]:
        try:
            for block in self.text.utf8_lines(self.start, self.longest):
                ended = block.endswith(b"\n")
                if not ended and len(block) > self.longest:
                    raise LongRowError("long line")
                whole = block if ended else block + self.plain.end
                self.plain.take(whole)
                yield whole
        except UnicodeError:
            raise NotPlainError("wrong bytes") from None
        if self.plain.inside:
            raise NotPlainError("unclosed quote")
