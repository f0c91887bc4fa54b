"""The proof that a CSV file is plain: that DuckDB, which reads some things its own way, must read it as we would.

What is within quotes is taken out by splitting at quotes, after the doubled ones are out of the way. In the rest a
quote stands for one quoted value, and everything can be counted.
"""

from __future__ import annotations

from collections.abc import Iterator
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

    def __post_init__(self) -> None:
        self.quote = (self.dialect.quote or NO_QUOTE).encode()
        self.quoting = bool(self.dialect.quote)
        self.delimiter = self.dialect.delimiter.encode()
        self.end = self.dialect.newline.encode()

    def take(self, block: bytes) -> None:
        """Raises NotPlainError."""
        if b"\0" in block:
            raise NotPlainError("NUL")
        if not self.quoting and self.quote in block:
            raise NotPlainError("control character")
        bare = self.outside(block) if self.inside or self.quote in block else block
        self.check_ends(bare)
        self.records += bare.count(b"\n")

    def outside(self, block: bytes) -> bytes:
        """The block without what is quoted: a quote for each quoted value, or for the half of one that it has."""
        parts = block.replace(self.quote * 2, b"\0").split(self.quote)
        goes_on, self.inside = self.inside, (len(parts) + self.inside) % 2 == 0
        bare = self.quote.join(parts[goes_on::2])
        if goes_on and len(parts) > 1:
            bare = self.quote + bare
        if self.inside and len(parts) > goes_on:
            bare += self.quote
        self.check_quotes(bare)
        return bare

    def check_quotes(self, bare: bytes) -> None:
        """A quoted value has a border on both sides. NUL stands for doubled quotes: an empty value, one that is
        nothing but quotes, or the beginning of one."""
        while b"\0\0" in bare:
            bare = bare.replace(b"\0\0", b"\0")
        starts, stops = (b"\n", self.delimiter), (self.delimiter, self.end)
        quotes, doubled = bare.count(self.quote), bare.count(b"\0")
        if (
            quotes != behind(bare, self.quote, (*starts, b"\0"))
            or quotes != in_front(bare, self.quote, stops) + (self.inside and bare != b"")
            or doubled != behind(bare, b"\0", starts)
            or doubled != in_front(bare, b"\0", (*stops, self.quote))
        ):
            raise NotPlainError("quotes")

    def check_ends(self, bare: bytes) -> None:
        """One way to end a line, and no blank ones."""
        lines = bare.count(b"\n")
        if bare.count(b"\r") != (lines if self.end == b"\r\n" else 0) or bare.count(self.end) != lines:
            raise NotPlainError("newlines")
        if not self.alone and (bare.startswith(self.end) or b"\n" + self.end in bare):
            raise NotPlainError("blank line")


def behind(bare: bytes, mark: bytes, borders: tuple[bytes, ...]) -> int:
    """How many marks stand behind one of these, or at the start."""
    return sum(bare.count(border + mark) for border in borders) + bare.startswith(mark)


def in_front(bare: bytes, mark: bytes, borders: tuple[bytes, ...]) -> int:
    return sum(bare.count(mark + border) for border in borders)


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
        for block in self.whole_lines():
            ended = block if block.endswith(b"\n") else block + self.plain.end
            self.plain.take(ended)
            yield ended
        if self.plain.inside:
            raise NotPlainError("unclosed quote")

    def whole_lines(self) -> Iterator[bytes]:
        """Only the last block may lack its end."""
        rest = b""
        for data in self.behind_header():
            head, end, tail = data.rpartition(b"\n")
            if end:
                yield rest + head + end
            rest = tail if end else rest + tail
            if len(rest) > self.longest:
                raise NotPlainError("long line")
        if rest:
            yield rest

    def behind_header(self) -> Iterator[bytes]:
        skip = self.start
        try:
            for data in self.text.utf8_blocks():
                yield data[skip:] if skip else data
                skip = max(0, skip - len(data))
        except UnicodeError:
            raise NotPlainError("wrong bytes") from None
