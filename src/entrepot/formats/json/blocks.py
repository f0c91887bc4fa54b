"""Reading JSON by lines, many at a time: whole lines in blocks, checked as UTF-8, parsed in C."""

from __future__ import annotations

import codecs
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from entrepot.model.errors import DamagedError
from entrepot.model.problems import Place, Problem

BLOCK_BYTES = 1 << 20
RECORDS = msgspec.json.Decoder(list[dict[str, msgspec.Raw]])
RECORD = msgspec.json.Decoder(dict[str, msgspec.Raw])


@dataclass(frozen=True, kw_only=True)
class Block:
    """Whole lines; only the last line of a file may lack its end."""

    data: bytes
    file: str
    line: int
    """The number of the first line."""

    def place(self, offset: int) -> Place:
        return Place(file=self.file, line=self.line + self.data.count(b"\n", 0, offset))


def line_blocks(path: Path) -> Generator[Block, None, None]:
    """Close it: one that is left early has the file open."""
    line, rest = 1, b""
    with path.open("rb") as file:
        while data := file.read(BLOCK_BYTES):
            head, end, tail = data.rpartition(b"\n")
            if not end:
                rest += tail
                continue
            yield checked(Block(data=rest + head + end, file=path.name, line=line))
            line, rest = line + head.count(b"\n") + 1, tail
    if rest:
        yield checked(Block(data=rest, file=path.name, line=line))


def checked(block: Block) -> Block:
    """The block, if it is UTF-8 without a mark."""
    try:
        block.data.decode()
    except UnicodeDecodeError as error:
        raise damaged("invalid_encoding", "bytes are not UTF-8", block.place(error.start)) from error
    if block.line == 1 and block.data.startswith(codecs.BOM_UTF8):
        raise damaged("byte_order_mark", "it begins with a byte order mark", block.place(0))
    return block


def parse_list(block: Block, start: int, end: int) -> int:
    """How many records stand between two places of a block, joined by commas."""
    try:
        return len(RECORDS.decode(b"[" + block.data[start:end] + b"]"))
    except (msgspec.DecodeError, RecursionError) as error:
        raise damaged("broken_record", "a record is not valid JSON", first_broken(block, start, end)) from error


def parse_lines(block: Block) -> int:
    """How many records a block holds, each on a line of its own."""
    data = block.data if block.data.endswith(b"\n") else block.data + b"\n"
    lines = data.count(b"\n")
    begun = data.startswith(b"{") + data.count(b"\n{")
    ended = data.count(b"}\n") + data.count(b"}\r\n")
    try:
        records = len(RECORD.decode_lines(data)) if begun == ended == lines else -1
    except (msgspec.DecodeError, RecursionError):
        records = -1
    if records != lines:
        place = first_broken(block, 0, len(block.data))
        raise damaged("broken_record", "a line is not one JSON object", place)
    return records


def first_broken(block: Block, start: int, end: int) -> Place:
    """The first line that is not one record: the slow way, once."""
    for line in block.data[start:end].splitlines(keepends=True):
        try:
            RECORD.decode(line.strip().removesuffix(b","))
        except (msgspec.DecodeError, RecursionError):
            break
        start += len(line)
    return block.place(start)


def damaged(code: str, fact: str, place: Place) -> DamagedError:
    problem = Problem(code=code, message=f"In this JSON, {fact}.", place=place)
    message = f"Damaged JSON ({place.describe()}): {fact}."
    return DamagedError(code, message, remedy="Get an undamaged copy, or export again.", problems=(problem,))
