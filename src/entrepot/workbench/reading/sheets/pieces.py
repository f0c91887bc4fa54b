"""A long part as pieces of text that hold whole rows, or whole texts, as long as it is written the way programs write
it. What is written otherwise is no error: it is read the careful way."""

from __future__ import annotations

import codecs
import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass

from entrepot.model.errors import InputError
from entrepot.workbench.reading.sheets.refusals import damaged

LONGEST_EDGE = 4 << 20
"""What stands in front of the rows, and behind them: columns, merged cells, rules."""
HEAD = re.compile(r"""\ufeff?(?:<\?xml[^<>]*\?>)?\s*<[A-Za-z]+[\s>]""")
ENCODING = re.compile(r"""\ufeff?<\?xml[^<>]*encoding\s*=\s*["'](?!utf-8["'])""", re.IGNORECASE)


class NotPlainError(Exception):
    """Good XML, perhaps, but not as programs write it."""


@dataclass(kw_only=True)
class Pieces:
    file: str
    part: str
    outer: str
    """The element that holds the units."""
    unit: str
    longest: int
    """Characters of a unit."""
    tail: str = ""
    """What follows the units, once they have come to their end."""

    def texts(self, blocks: Iterator[bytes]) -> Generator[str, None, None]:
        decoded = self.decoded(blocks)
        rest, is_empty = self.behind_the_head(decoded)
        if is_empty:
            self.end(rest, decoded)
            return
        closing, opening = f"</{self.outer}>", f"<{self.unit}"
        while (end := rest.find(closing)) < 0:
            cut = max(rest.rfind(opening), 0)
            if cut:
                yield self.checked(rest[:cut])
            if len(rest) - cut > self.longest:
                raise self.too_long()
            rest = rest[cut:] + self.more(decoded)
        if end:
            yield self.checked(rest[:end])
        self.end(rest[end + len(closing) :], decoded)

    def decoded(self, blocks: Iterator[bytes]) -> Iterator[str]:
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            for block in blocks:
                yield decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError as error:
            raise NotPlainError from error

    def more(self, decoded: Iterator[str]) -> str:
        text = next(decoded, None)
        if text is None:
            raise damaged(self.file, f"its part {self.part} breaks off")
        return text

    def behind_the_head(self, decoded: Iterator[str]) -> tuple[str, bool]:
        """What follows the beginning of the outer element, and whether that is empty."""
        text, opening = "", re.compile(rf"<{self.outer}(?:\s[^<>]*?)?(/?)>")
        while not (found := opening.search(text)):
            if len(text) > LONGEST_EDGE:
                raise NotPlainError
            try:
                text += next(decoded)
            except StopIteration:
                raise NotPlainError from None
        head = text[: found.start()]
        if "<!" in head or ENCODING.match(text) or not HEAD.match(text):
            raise NotPlainError
        return text[found.end() :], bool(found[1])

    def checked(self, text: str) -> str:
        if ("!" in text and "<!" in text) or ("?" in text and "<?" in text):  # single characters are found much faster
            raise NotPlainError
        return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text

    def end(self, text: str, decoded: Iterator[str]) -> None:
        """To the last byte, so that its checksum is compared."""
        for more in decoded:
            text = text + more if len(text) < LONGEST_EDGE else text[:LONGEST_EDGE] + more[-100:]
        self.tail = text
        if not re.search(r"</[\w.:-]+>\s*\Z", text[-100:]) and text.strip():
            raise damaged(self.file, f"its part {self.part} breaks off")

    def too_long(self) -> InputError:
        return InputError(
            "row_too_long",
            f"{self.file}: a row of {self.part} is longer than {self.longest:,} characters, the most that the "
            "workbench can hold.",
            remedy="Leave out cells with very long texts, or allow the workbench more memory.",
        )
