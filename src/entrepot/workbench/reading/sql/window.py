"""A view of the script that moves forward, as bytes: a dump may hold bytes that are no text in any encoding."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Protocol

from entrepot.model.errors import InputError
from entrepot.model.problems import Place
from entrepot.workbench.reading.json_source import WrongBytesError, opened
from entrepot.workbench.reading.sql.refusals import refusal

BLOCK_BYTES = 1 << 20
HEAD_ROOM = 1 << 16
"""What the beginning of a statement must fit into: its names."""


class Source(Protocol):
    name: str
    mark_bytes: int

    def read(self) -> bytes: ...

    def length(self, data: bytes) -> int: ...


class Raw:
    """The file as it is."""

    def __init__(self, file: BinaryIO, name: str, mark_bytes: int, block_bytes: int) -> None:
        self.file, self.name, self.mark_bytes, self.block_bytes = file, name, mark_bytes, block_bytes
        file.seek(mark_bytes)

    def read(self) -> bytes:
        return self.file.read(self.block_bytes)

    def length(self, data: bytes) -> int:
        return len(data)


class Window:
    """`data[at:]` is what comes next."""

    def __init__(self, source: Source, longest_bytes: int) -> None:
        self.source, self.longest_bytes = source, longest_bytes
        self.data, self.at, self.ended = b"", 0, False
        self.begun = self.known = (0, 1, source.mark_bytes)
        """Of places in `data`: their line and their byte, from which those behind them are counted."""

    def more(self) -> bool:
        """Read on, at least as much as is left; False at the end of the file."""
        if self.ended:
            return False
        self.forget()
        if len(self.data) > self.longest_bytes:
            raise self.too_long()
        parts, wanted = [self.data], max(1, len(self.data))
        try:
            while wanted > 0 and not self.ended:
                parts.append(self.source.read())
                wanted -= len(parts[-1])
                self.ended = not parts[-1]
        except WrongBytesError:
            raise refusal("wrong_bytes", self.place(len(self.data)), "these bytes are no text") from None
        self.data = b"".join(parts)
        return len(self.data) > len(parts[0])

    def forget(self) -> None:
        """Give up what was used."""
        _, line, byte = self.counted(self.at)
        self.data, self.at = self.data[self.at :], 0
        self.begun = self.known = (0, line, byte)

    def fill(self, room: int = HEAD_ROOM) -> None:
        """Have so much at hand, if there still is as much."""
        while len(self.data) - self.at < room and self.more():
            pass

    def place(self, at: int) -> Place:
        self.known = self.counted(at)
        return Place(file=self.source.name, line=self.known[1], byte=self.known[2])

    def counted(self, at: int) -> tuple[int, int, int]:
        last, line, byte = self.known if at >= self.known[0] else self.begun
        return at, line + self.data.count(b"\n", last, at), byte + self.source.length(self.data[last:at])

    def too_long(self) -> InputError:
        fact = f"one row is longer than {self.longest_bytes:,} bytes, the most that the workbench can hold"
        remedy = "Give it more ([workbench] memory_mb in entrepot.toml), or leave out that value."
        return refusal("row_too_long", self.place(self.at), fact, remedy)


@contextmanager
def window(
    path: Path, wide: str | None, mark: int, longest_bytes: int, block_bytes: int = BLOCK_BYTES
) -> Iterator[Window]:
    """`wide`: an encoding of two or four bytes a character; it is read as UTF-8."""
    if wide is not None:
        with opened(path, wide, block_bytes) as source:
            yield Window(source, longest_bytes)
    else:
        with path.open("rb") as file:
            yield Window(Raw(file, path.name, mark, block_bytes), longest_bytes)
