"""Line and byte of records, found only when somebody asks: by counting where a file is plain, else by reading it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from entrepot.model.drafts import Reading
from entrepot.model.problems import Place
from entrepot.workbench.reading.csv_careful import data_records, reader
from entrepot.workbench.reading.csv_plain import NotPlainError, PlainRows
from entrepot.workbench.reading.csv_quick import plain_rows
from entrepot.workbench.reading.csv_records import Spot, UnclosedQuoteError
from entrepot.workbench.reading.csv_sections import read_text
from entrepot.workbench.reading.csv_shape import Shape, shaped
from entrepot.workbench.reading.text import TextFile

LONGEST = 1 << 30
"""What was staged was within its limits."""


def places(path: Path, reading: Reading, records: Sequence[int]) -> dict[int, Place]:
    """Those of the records that the file has."""
    text = read_text(path, reading)
    return found_places(text, shaped(text, reading), records)


def found_places(text: TextFile, shape: Shape, records: Sequence[int]) -> dict[int, Place]:
    wanted = sorted(set(records))
    try:
        found = dict(counted(text, shape, wanted))
    except NotPlainError:
        found = dict(read(text, shape, wanted))
    name = text.path.name
    return {
        number: Place(file=name, record=number, line=text.lines_before + line, byte=byte)
        for number, (line, byte) in found.items()
    }


def counted(text: TextFile, shape: Shape, wanted: Sequence[int]) -> Iterator[tuple[int, tuple[int, int]]]:
    """In a file of UTF-8 that is plain as far as it is read, by its bytes."""
    if text.encoding != "utf-8":
        raise NotPlainError("other bytes")
    rows = plain_rows(text, shape, LONGEST)
    line, byte, number, inside, rest = shape.line, text.mark + shape.start, 0, False, list(reversed(wanted))
    for block in rows.blocks():
        begun = rows.plain.records + rows.plain.inside
        if rest and rest[-1] <= begun:
            for at_line, at_byte in starts(rows, block, inside=inside):
                number += 1
                if rest and rest[-1] == number:
                    yield rest.pop(), (line + at_line, byte + at_byte)
        if not rest:
            return
        number, inside = begun, rows.plain.inside
        line, byte = line + line_ends(block), byte + len(block)


def starts(rows: PlainRows, block: bytes, *, inside: bool) -> Iterator[tuple[int, int]]:
    """Lines and bytes of a block in front of each record that begins in it."""
    line = byte = 0
    for part in block.splitlines(keepends=True):
        if not inside:
            yield line, byte
        inside ^= part.count(rows.quote) % 2 == 1
        line, byte = line + 1, byte + len(part)


def line_ends(block: bytes) -> int:
    return block.count(b"\n") + block.count(b"\r") - block.count(b"\r\n")


def read(text: TextFile, shape: Shape, wanted: Sequence[int]) -> Iterator[tuple[int, tuple[int, int]]]:
    """In any file, by its records."""
    spots = dict(spots_of(text, shape, wanted))
    for (number, spot), byte in zip(spots.items(), text.bytes_at(spot.at for spot in spots.values()), strict=True):
        yield number, (spot.line, byte)


def spots_of(text: TextFile, shape: Shape, wanted: Sequence[int]) -> Iterator[tuple[int, Spot]]:
    asked = set(wanted)
    try:
        for number, record in enumerate(data_records(reader(shape, LONGEST), text, shape), start=1):
            if number in asked:
                yield number, record.spot
            if wanted and number >= wanted[-1]:
                return
    except UnclosedQuoteError:
        return
