"""The texts that cells of all sheets share, by number."""

from __future__ import annotations

import re
from collections.abc import Iterator

from entrepot.workbench.reading.sheets.container import Container
from entrepot.workbench.reading.sheets.pieces import NotPlainError, Pieces
from entrepot.workbench.reading.sheets.refusals import too_large
from entrepot.workbench.reading.sheets.texts import plain, unescaped
from entrepot.workbench.reading.sheets.walking import walked

TOP, UNIT = "sst", "si"
USUAL = re.compile(r"<si><t(?: [^<>/]*+)?+>([^<]*+)</t></si>")
BYTES_PER_TEXT = 80
"""What Python needs for each besides its characters."""
LONGEST = 8 << 20


class TextWalker:
    """Each `si` is a text, of one piece or of several with their own looks; readings beside it do not count."""

    def __init__(self) -> None:
        self.path: list[str] = []
        self.texts: list[str] = []
        self.pieces: list[str] = []
        self.collecting = False

    def begin(self, name: str, attributes: dict[str, str]) -> None:
        self.collecting = name == "t" and "rPh" not in self.path and UNIT in self.path

    def text(self, text: str) -> None:
        if self.collecting:
            self.pieces.append(text)

    def end(self, name: str) -> None:
        self.collecting = False
        if name == UNIT:
            self.texts.append("".join(self.pieces))
            self.pieces.clear()


def shared_texts(container: Container, part: str, most_bytes: int) -> list[str]:
    """All of them are in memory: cells name them in any order."""
    try:
        return bounded(quickly(container, part), container.file, most_bytes)
    except NotPlainError:
        return bounded(carefully(container.blocks(part), container.file, part), container.file, most_bytes)


def bounded(some: Iterator[list[str]], file: str, most_bytes: int) -> list[str]:
    found: list[str] = []
    size = 0
    for texts in some:
        together = "".join(texts)
        found += list(map(unescaped, texts)) if "_x" in together else texts
        size += len(together) + BYTES_PER_TEXT * len(texts)
        if size > most_bytes:
            fact = f"has more than {len(found):,} texts in its cells, or longer ones than {most_bytes:,} bytes can hold"
            raise too_large(file, fact, "Save the sheet as CSV, or allow the workbench more memory.")
    return found


def quickly(container: Container, part: str) -> Iterator[list[str]]:
    pieces = Pieces(file=container.file, part=part, outer=TOP, unit=UNIT, longest=LONGEST)
    for piece in pieces.texts(container.blocks(part)):
        parts = USUAL.split(piece)
        if any(between and not between.isspace() for between in parts[::2]):
            yield from carefully(iter([f"<{TOP}>{piece}</{TOP}>".encode()]), container.file, part)
        else:
            yield list(map(plain, parts[1::2])) if "&" in piece else parts[1::2]


def carefully(blocks: Iterator[bytes], file: str, part: str) -> Iterator[list[str]]:
    walker = TextWalker()
    for _ in walked(blocks, walker, file, part):
        yield walker.texts
        walker.texts = []
