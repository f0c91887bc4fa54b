"""The proof that a CSV file is plain: that DuckDB, which reads some things its own way, must read it as we would.

What is within quotes is taken out by splitting at quoted values. In the rest a quote stands for one of them, and
borders can be looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from entrepot.model.templates import CsvDialect
from entrepot.workbench.reading.text import TextFile

NO_QUOTE = "\x01"
"""DuckDB must have one; a file that holds this character is not plain."""


class NotPlainError(Exception):
    """Never leaves this package: the careful way takes over."""


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
        self.quoted = quoted_value(self.quote)
        if len(self.delimiter) > 1:
            raise NotPlainError("delimiter")

    def take(self, block: bytes) -> None:
        """Raises NotPlainError."""
        if b"\0" in block:
            raise NotPlainError("NUL")
        if not self.quoting and self.quote in block:
            raise NotPlainError("control character")
        bare = self.outside(block) if self.inside or self.quote in block else block
        self.check_ends(bare)
        self.records += bare.count(b"\n")
        self.delimiters += bare.count(self.delimiter)

    def outside(self, block: bytes) -> bytes:
        """The block without what is quoted: a quote for each quoted value."""
        parts = self.quoted.split(self.quote + block if self.inside else block)
        bare = self.quote.join(parts)
        self.inside = bare.count(self.quote) >= len(parts)
        if self.inside:
            bare = self.quote.join(parts := self.begun(parts))
        heads = {part[:1] for part in parts[1:]}
        tails = {part[-1:] for part in parts[: len(parts) - (not self.inside)]}
        if not heads <= {self.delimiter, self.end[:1]} or not tails <= {self.delimiter, b"\n", b""}:
            raise NotPlainError("quotes")
        return bare

    def begun(self, parts: Sequence[bytes]) -> list[bytes]:
        """Up to the quote that is left: it opens a value that does not end in the block."""
        at = next(number for number, part in enumerate(parts) if self.quote in part)
        return [*parts[:at], parts[at].partition(self.quote)[0]]

    def check_ends(self, bare: bytes) -> None:
        """One way to end a line, and no blank ones."""
        lines = bare.count(b"\n")
        if bare.count(b"\r") != (lines if self.end == b"\r\n" else 0) or bare.count(self.end) != lines:
            raise NotPlainError("newlines")
        if not self.alone and (bare.startswith(self.end) or b"\n" + self.end in bare):
            raise NotPlainError("blank line")


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
                    raise NotPlainError("long line")
                whole = block if ended else block + self.plain.end
                self.plain.take(whole)
                yield whole
        except UnicodeError:
            raise NotPlainError("wrong bytes") from None
        if self.plain.inside:
            raise NotPlainError("unclosed quote")
