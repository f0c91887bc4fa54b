"""Whether a file is UTF-8, or what speaks for it, and the lines that tell most about any other encoding."""

from __future__ import annotations

import codecs
from dataclasses import dataclass, field
from pathlib import Path

from entrepot.model.problems import Place
from entrepot.workbench.reading.text import BLOCK_BYTES

ASCII = bytes(range(128))
SAMPLE_BYTES = 262_144
LONGEST_LINE = 4_096


def is_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with path.open("rb") as file:
            while data := file.read(BLOCK_BYTES):
                if not data.isascii() or decoder.getstate()[0]:
                    decoder.decode(data)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


@dataclass(kw_only=True)
class Survey:
    """Of a file that is not wholly UTF-8."""

    first: Place = field(default_factory=Place)
    """The first wrong byte."""
    wrong: int = 0
    right: int = 0
    """Bytes beyond ASCII that are, or are no, part of a character of UTF-8."""
    sample: bytes = b""
    """Lines that hold bytes beyond ASCII."""

    @property
    def is_damaged_utf8(self) -> bool:
        """Other encodings hardly ever make a valid sequence of UTF-8 by chance."""
        return self.right > self.wrong


def survey(path: Path) -> Survey:
    found = Survey(first=Place(file=path.name))
    line, byte = 1, 0
    with path.open("rb") as file:
        while block := file.read(BLOCK_BYTES) + file.readline(BLOCK_BYTES):
            if not block.isascii():
                take(found, block, line, byte)
            line, byte = line + block.count(b"\n"), byte + len(block)
    return found


def take(found: Survey, block: bytes, line: int, byte: int) -> None:
    wrong = wrong_bytes(block)
    if wrong and found.first.byte is None:
        at = first_wrong(block)
        found.first = Place(file=found.first.file, line=line + block.count(b"\n", 0, at), byte=byte + at)
    found.wrong += wrong
    found.right += len(block.translate(None, ASCII)) - wrong
    if len(found.sample) < SAMPLE_BYTES:
        telling = b"\n".join(part[:LONGEST_LINE] for part in block.split(b"\n") if not part.isascii())
        found.sample = (found.sample + telling + b"\n")[:SAMPLE_BYTES]


def wrong_bytes(block: bytes) -> int:
    text = block.decode("utf-8", "surrogateescape")
    return len(text) - len(text.encode("utf-8", "ignore").decode())


def first_wrong(block: bytes) -> int:
    try:
        block.decode()
    except UnicodeDecodeError as error:
        return error.start
    return 0
