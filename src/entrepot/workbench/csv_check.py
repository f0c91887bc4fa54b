"""What DuckDB lets pass in a CSV: it skips blank lines, drops spaces before a quote, and may lose a last row whose
quote is never closed. The number of quotes before a place tells whether it is inside a value."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from entrepot.model.problems import Place
from entrepot.model.templates import CsvDialect
from entrepot.workbench.blocks import blocks
from entrepot.workbench.structure import damaged


@dataclass(kw_only=True)
class Check:
    path: Path
    dialect: CsvDialect
    alone: bool
    """One column only: a blank line is a row with a NULL."""
    line: int = 1
    byte: int = 0
    inside: bool = False
    opened: Place = field(default_factory=Place)

    def blocks(self) -> Iterator[bytes]:
        """The file's blocks, each after it was found good; an error where the file is not."""
        for block in blocks(self.path):
            self.take(block)
            yield block
        if self.inside:
            raise damaged("unclosed_quote", "a quote is never closed", self.opened)

    def take(self, block: bytes) -> None:
        for at, code, words in self.suspects(block):
            if not (self.inside + block.count(self.quote, 0, at)) % 2:
                raise damaged(code, words, self.place(block, at))
        if block.count(self.quote) % 2:
            self.opened = self.opened if self.inside else self.place(block, block.rfind(self.quote))
            self.inside = not self.inside
        self.line += block.count(b"\n")
        self.byte += len(block)

    def suspects(self, block: bytes) -> Iterator[tuple[int, str, str]]:
        """Faults if they stand outside of a value; inside, they are quite usual."""
        if not self.alone and block.startswith(self.end):
            yield 0, "blank_line", "there is a blank line"
        for match in () if self.alone else self.blank_line.finditer(block):
            yield match.start() + 1, "blank_line", "there is a blank line"
        for match in self.space_and_quote.finditer(block):
            before = block[block.rfind(b"\n", 0, match.start()) + 1 : match.start()].rstrip(b" ")
            if not before or before.endswith(self.delimiter):
                yield match.start(), "space_before_quote", "spaces stand before a quote"

    @cached_property
    def quote(self) -> bytes:
        return self.dialect.quote.encode()

    @cached_property
    def delimiter(self) -> bytes:
        return self.dialect.delimiter.encode()

    @cached_property
    def end(self) -> bytes:
        return self.dialect.newline.encode()

    @cached_property
    def blank_line(self) -> re.Pattern[bytes]:
        return re.compile(rb"\n" + re.escape(self.end))

    @cached_property
    def space_and_quote(self) -> re.Pattern[bytes]:
        """Both patterns begin with plain characters, which makes the search many times faster."""
        quote = re.escape(self.quote)
        return re.compile(rb" " + quote + rb"(?!" + quote + rb")")

    def place(self, block: bytes, at: int) -> Place:
        return Place(file=self.path.name, line=self.line + block.count(b"\n", 0, at), byte=self.byte + at)
