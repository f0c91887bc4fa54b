"""A view of a file that moves forward: what was read and not yet used, and where that stands in the file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from entrepot.model.errors import InputError
from entrepot.model.problems import Place, Problem
from entrepot.workbench.reading.json_source import Source, WrongBytesError, opened

SPACE = re.compile(rb"[ \t\r\n]*+")
REMEDY = "Correct that place, or get an undamaged copy."


class Window:
    """`data[at:]` is what comes next. Nothing of it is longer than `longest_bytes`, whatever the file holds."""

    def __init__(self, source: Source, longest_bytes: int) -> None:
        self.source, self.longest_bytes = source, longest_bytes
        self.data, self.at, self.ended = b"", 0, False
        self.line, self.characters, self.byte = 1, 0, source.mark_bytes
        """Of the first byte of `data`: its line, the characters before it on that line, its place in the file."""

    def more(self) -> bool:
        """Read on, because what is needed next does not end in `data`; False at the end of the file."""
        if self.ended:
            return False
        self.forget()
        if len(self.data) > self.longest_bytes:
            raise self.too_long()
        parts, wanted = [self.data], max(self.source.block_bytes, len(self.data))
        try:
            while wanted > 0 and not self.ended:
                parts.append(self.source.read())
                wanted -= len(parts[-1])
                self.ended = not parts[-1]
        except WrongBytesError:
            if len(parts) == 1:
                raise self.wrong_bytes() from None
        self.data = b"".join(parts)
        return len(self.data) > len(parts[0])

    def forget(self) -> None:
        """Give up what was used."""
        used = self.data[: self.at]
        self.line, self.characters, self.byte = self.position(self.at)
        self.data, self.at = self.data[len(used) :], 0

    def position(self, at: int) -> tuple[int, int, int]:
        """Line, characters before it on that line, and byte of a place in `data`."""
        start = self.data.rfind(b"\n", 0, at) + 1
        characters = len(self.data[start:at].decode()) + (0 if start else self.characters)
        line = self.line + self.data.count(b"\n", 0, at)
        return line, characters, self.byte + self.source.length(self.data[:at])

    def fill(self) -> None:
        """Have a good part of a block at hand, if there still is one."""
        if len(self.data) - self.at <= self.source.block_bytes // 2:
            self.more()

    def peek(self) -> bytes:
        """The next byte that is no white space; nothing at the end."""
        while True:
            self.at = match.end() if (match := SPACE.match(self.data, self.at)) else self.at
            if self.at < len(self.data):
                return self.data[self.at : self.at + 1]
            if not self.more():
                return b""

    def along(self, places: Iterable[int]) -> Iterator[Place]:
        """Many places in `data`, in order."""
        line, byte, last = self.line, self.byte, 0
        for at in places:
            line, byte = line + self.data.count(b"\n", last, at), byte + self.source.length(self.data[last:at])
            yield Place(file=self.source.name, line=line, byte=byte)
            last = at

    def broken(self, at: int, fact: str) -> InputError:
        """The file is no JSON, because of what stands, or does not stand, at a place in `data`."""
        return self.refusal("broken_json", fact, at)

    def refusal(self, code: str, fact: str, at: int, remedy: str = REMEDY) -> InputError:
        """`fact` is a sentence without its end."""
        line, characters, byte = self.position(at)
        where = f"line {line}, column {characters + 1}, byte {byte}"
        problem = Problem(
            code=code, message=f"{fact}.", remedy=remedy, place=Place(file=self.source.name, line=line, byte=byte)
        )
        return InputError(code, f"{self.source.name}, {where}: {fact}.", remedy=remedy, problems=(problem,))

    def too_long(self) -> InputError:
        fact = f"one record or value is longer than {self.longest_bytes:,} bytes, the most that the workbench can hold"
        return self.refusal("record_too_large", fact, self.at, "Split it, or allow the workbench more memory.")

    def wrong_bytes(self) -> InputError:
        fact = f"these bytes are not {self.source.encoding}"
        remedy = "Save it as UTF-8, or name the encoding that it was written in (--encoding)."
        return self.refusal("wrong_bytes", fact, len(self.data), remedy)


@contextmanager
def window(path: Path, encoding: str | None, block_bytes: int, longest_bytes: int) -> Iterator[Window]:
    with opened(path, encoding, block_bytes) as source:
        yield Window(source, longest_bytes)
