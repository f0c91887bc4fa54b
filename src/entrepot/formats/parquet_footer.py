"""How many rows a Parquet file has, read from its footer alone: a Thrift structure (compact protocol), of which
only one number is wanted. Nothing else of a stranger's file is interpreted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from entrepot.model.errors import DamagedError
from entrepot.model.problems import Place, Problem

MAGIC = b"PAR1"
TAIL_BYTES = 8
ROWS_FIELD = 3
LARGEST_FOOTER_BYTES = 256 << 20
DEEPEST = 64


def count_rows(path: Path) -> int:
    footer = read_footer(path)
    try:
        return Thrift(footer).number_of_field(ROWS_FIELD)
    except (IndexError, ValueError, RecursionError) as error:
        raise damaged(path, "its footer cannot be read") from error


def read_footer(path: Path) -> bytes:
    size = path.stat().st_size
    with path.open("rb") as file:
        if size < len(MAGIC) + TAIL_BYTES or file.read(len(MAGIC)) != MAGIC:
            raise damaged(path, "it does not begin as Parquet files do")
        file.seek(size - TAIL_BYTES)
        tail = file.read(TAIL_BYTES)
        length = int.from_bytes(tail[:4], "little")
        if tail[4:] != MAGIC or length > min(size - TAIL_BYTES - len(MAGIC), LARGEST_FOOTER_BYTES):
            raise damaged(path, "it does not end as Parquet files do: it may be cut off")
        file.seek(size - TAIL_BYTES - length)
        return file.read(length)


def damaged(path: Path, fact: str) -> DamagedError:
    problem = Problem(code="damaged_parquet", message=f"{path.name} is damaged: {fact}.", place=Place(file=path.name))
    return DamagedError(problem.code, problem.message, remedy="Get an undamaged copy.", problems=(problem,))


class Thrift:
    """A reader that skips everything but one number."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def number_of_field(self, wanted: int) -> int:
        """The integer in field `wanted` of the outermost structure."""
        number = 0
        while kind := self.byte():
            number = number + (kind >> 4) if kind >> 4 else self.zigzag()
            if number == wanted and kind & 15 in {4, 5, 6}:
                return self.zigzag()
            self.skip(kind & 15, DEEPEST)
        raise ValueError("the field is not there")

    def byte(self) -> int:
        value = self.data[self.at]
        self.at += 1
        return value

    def varint(self) -> int:
        value = shift = 0
        while True:
            part = self.byte()
            value |= (part & 127) << shift
            shift += 7
            if part < 128:
                return value

    def zigzag(self) -> int:
        value = self.varint()
        return (value >> 1) ^ -(value & 1)

    def skip(self, kind: int, depth: int) -> None:
        if kind in {1, 2}:  # a boolean lives in its field's head
            return
        if not depth:
            raise ValueError("too deep")
        skippers: dict[int, Callable[[int], object]] = {
            3: lambda _: self.byte(),
            4: lambda _: self.varint(),
            5: lambda _: self.varint(),
            6: lambda _: self.varint(),
            7: lambda _: self.skip_bytes(8),
            8: lambda _: self.skip_bytes(self.varint()),
            9: self.skip_list,
            10: self.skip_list,
            12: self.skip_structure,
        }
        if kind not in skippers:
            raise ValueError("an unknown type")
        skippers[kind](depth - 1)

    def skip_bytes(self, count: int) -> None:
        self.at += count
        if self.at > len(self.data):
            raise ValueError("beyond the end")

    def skip_list(self, depth: int) -> None:
        head = self.byte()
        count = self.varint() if head >> 4 == 15 else head >> 4
        for _ in range(count):
            self.byte() if head & 15 in {1, 2} else self.skip(head & 15, depth)

    def skip_structure(self, depth: int) -> None:
        while kind := self.byte():
            if not kind >> 4:
                self.zigzag()
            self.skip(kind & 15, depth)
