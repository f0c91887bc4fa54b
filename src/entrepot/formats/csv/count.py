"""Counting a CSV file's rows without parsing a row: quotes alternate between inside and outside, so every second
piece between quotes is outside, and line ends are counted there. Whole blocks go through C code only."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from entrepot.formats.csv.options import CsvOptions
from entrepot.model.errors import DamagedError
from entrepot.model.problems import Place, Problem

BLOCK_BYTES = 1 << 20


def count_rows(path: Path, options: CsvOptions | None = None) -> Mapping[str, int]:
    """Rows without the header, by file name. Raises DamagedError with the place where quotes do not fit."""
    options = options or CsvOptions()
    scan = Scan(path=path, options=options)
    for block in utf8_blocks(path, options.encoding):
        scan.take(block)
    return {path.name: scan.finish()}


@dataclass
class Scan:
    """Where the scan stands between two blocks."""

    path: Path
    options: CsvOptions
    rows: int = 0
    inside: bool = False
    line: int = 1
    byte: int = 0
    opened_line: int = 1
    opened_byte: int = 0
    border: bytes = b"\n"
    """The last byte outside quotes; a quote stands for what was quoted."""

    def take(self, block: bytes) -> None:
        quote = self.options.quote.encode()
        pieces = block.split(quote)
        opened = len(pieces) > 1 and self.inside ^ (len(pieces) % 2 == 0)
        outside = quote.join(pieces[self.inside :: 2])
        seen = self.border + outside + quote * opened
        roles = seen.translate(self.roles)
        if b"xq" in roles or b"qx" in roles:
            raise damaged("misplaced_quote", "a quote stands in the middle of a value", self.find(pieces))
        self.rows += outside.count(b"\n")
        self.border = seen[-1:]
        self.follow(block, pieces, quote)

    def follow(self, block: bytes, pieces: list[bytes], quote: bytes) -> None:
        if len(pieces) > 1:
            last = block.rfind(quote)
            self.opened_line = self.line + block.count(b"\n", 0, last)
            self.opened_byte = self.byte + last
        self.inside ^= len(pieces) % 2 == 0
        self.line += block.count(b"\n")
        self.byte += len(block)

    @cached_property
    def roles(self) -> bytes:
        """What each byte outside quotes is: `q`uote, `b`order, or `x` for part of a value. A quote beside a part of a
        value would turn inside and outside round for the rest of the file. A table is faster than a pattern."""
        table = bytearray(b"x" * 256)
        for byte in b"\r\n" + self.options.dialect.delimiter.encode():
            table[byte] = ord("b")
        table[ord(self.options.quote)] = ord("q")
        return bytes(table)

    def find(self, pieces: list[bytes]) -> Place:
        """Where the misplaced quote is: the slow way, once."""
        quote, line, byte, before = self.options.quote.encode(), self.line, self.byte, self.border
        misplaced = re.compile(b"xq|qx")
        for number, piece in enumerate(pieces):
            if number % 2 == self.inside:
                seen = before + piece + quote * (number + 1 < len(pieces))
                if match := misplaced.search(seen.translate(self.roles)):
                    found = seen.index(quote, match.start()) - len(before)
                    return self.place(line + piece.count(b"\n", 0, max(found, 0)), byte + found)
                before = quote
            line, byte = line + piece.count(b"\n"), byte + len(piece) + len(quote)
        return self.place(line, byte)

    def finish(self) -> int:
        """All rows, the last one even without its line end."""
        if self.inside:
            raise damaged("unclosed_quote", "a quote is never closed", self.place(self.opened_line, self.opened_byte))
        rows = self.rows + (self.byte > 0 and self.border != b"\n")
        if self.options.header and not rows:
            raise damaged("no_header", "there is not even a header", self.place(1, 0))
        return rows - self.options.header

    def place(self, line: int, byte: int) -> Place:
        return Place(file=self.path.name, line=line, byte=byte)


def damaged(code: str, fact: str, place: Place) -> DamagedError:
    problem = Problem(code=code, message=f"In this CSV, {fact}.", place=place)
    remedy = "Get an undamaged copy, or name the delimiter, quote and encoding it was written with."
    return DamagedError(code, f"Damaged CSV ({place.describe()}): {fact}.", remedy=remedy, problems=(problem,))


def utf8_blocks(path: Path, encoding: str) -> Iterator[bytes]:
    """The file as UTF-8, checked, without a byte order mark."""
    with path.open("rb") as file:
        decoder = codecs.getincrementaldecoder(marked_encoding(file.read(4)) or encoding)("strict")
        file.seek(0)
        place = 0
        while True:
            block = file.read(BLOCK_BYTES)
            try:
                yield decoder.decode(block, final=not block).encode()
            except UnicodeDecodeError as error:
                at = Place(file=path.name, byte=place + error.start)
                raise damaged("invalid_encoding", f"bytes are not {encoding}", at) from error
            if not block:
                return
            place += len(block)


def marked_encoding(start: bytes) -> str | None:
    """The encoding that a byte order mark announces."""
    marks = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF32_LE: "utf-32", codecs.BOM_UTF32_BE: "utf-32"}
    marks |= {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
    return next((name for mark, name in marks.items() if start.startswith(mark)), None)
