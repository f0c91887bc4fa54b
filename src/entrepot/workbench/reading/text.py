"""A file as text, block by block. A byte that is none of its encoding stays recognisable, and its place countable."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

BLOCK_BYTES = 1 << 20
MARKING = "entrepot_marking"
WRONG = re.compile("[\udc00-\udcff]")
"""Stands for one wrong byte. No valid text holds one."""


def marking(error: UnicodeError) -> tuple[str, int]:
    if isinstance(error, UnicodeDecodeError):
        return "".join(chr(0xDC00 + byte) for byte in error.object[error.start : error.end]), error.end
    raise error


codecs.register_error(MARKING, marking)


@dataclass(frozen=True, kw_only=True)
class TextFile:
    path: Path
    encoding: str
    mark: int = 0
    """The byte where it begins: behind the byte order mark, or where its part of the file does."""
    sound: bool = False
    """Every byte is known to be right."""
    first_bytes: int | None = None
    """A smaller first block, for who needs little; the further one reads, the larger they are."""
    until: int | None = None
    """The byte where it ends; None: with the file. It ends with a line."""
    lines_before: int = 0
    """Lines of the file in front of `mark`."""

    def blocks(self) -> Iterator[str]:
        decoder = codecs.getincrementaldecoder(self.encoding)()
        with self.path.open("rb") as file:
            file.seek(self.mark)
            size = self.first_bytes or BLOCK_BYTES
            while data := self._some(file, size):
                yield decoded(decoder, data)
                size = min(size * 2, BLOCK_BYTES)
            yield decoded(decoder, b"", final=True)

    def utf8_lines(self, start: int, longest: int) -> Iterator[bytes]:
        """As UTF-8 whatever the file is in, from byte `start` of that on, in blocks of whole lines; a line that is
        longer than `longest` comes in pieces. UnicodeError where the file is not what it should be."""
        if self.encoding == "utf-8":
            with self.path.open("rb") as file:
                file.seek(self.mark + start)
                while data := self._some(file, BLOCK_BYTES):
                    yield data if data.endswith(b"\n") else data + file.readline(longest)
        else:
            yield from whole_lines((block.encode() for block in self.blocks()), start, longest)

    def _some(self, file: BinaryIO, size: int) -> bytes:
        return file.read(size if self.until is None else max(0, min(size, self.until - file.tell())))

    def bytes_at(self, offsets: Iterable[int]) -> Iterator[int]:
        """Where in the file the characters with these numbers, in their order, begin; in one pass."""
        blocks = self.blocks()
        passed, byte, block = 0, self.mark, ""
        for offset in offsets:
            while offset - passed > len(block) and (following := next(blocks, None)) is not None:
                passed, byte, block = passed + len(block), byte + self.bytes_of(block), following
            byte += self.bytes_of(block[: offset - passed])
            block, passed = block[offset - passed :], offset
            yield byte

    def bytes_of(self, text: str) -> int:
        """How many bytes of the file became `text`."""
        right = WRONG.sub("", text) if has_wrong_bytes(text) else text
        return len(right.encode(self.encoding)) + len(text) - len(right)


def decoded(decoder: codecs.IncrementalDecoder, data: bytes, *, final: bool = False) -> str:
    """Strictly first: it is faster, and nearly always right."""
    state = decoder.getstate()
    decoder.errors = "strict"
    try:
        return decoder.decode(data, final)
    except UnicodeDecodeError:
        decoder.setstate(state)
        decoder.errors = MARKING
        return decoder.decode(data, final)


def has_wrong_bytes(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def with_bytes_shown(text: str) -> str:
    r"""
    >>> print(with_bytes_shown("caf\udce9"))
    caf\xe9
    """
    return WRONG.sub(lambda match: f"\\x{ord(match[0]) & 0xFF:02x}", text)


def whole_lines(blocks: Iterable[bytes], start: int, longest: int) -> Iterator[bytes]:
    """
    >>> list(whole_lines([b"ab\\nc", b"d\\ne", b"f"], 1, 100))
    [b'b\\n', b'cd\\n', b'ef']
    """
    rest = b""
    for data in blocks:
        block, start = data[start:], max(0, start - len(data))
        at = block.rfind(b"\n") + 1
        if at or len(rest) > longest:
            yield rest + block[:at]
            rest = b""
        rest += block[at:]
    if rest:
        yield rest
