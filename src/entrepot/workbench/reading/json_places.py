"""Line and byte of records of a JSON file, and of their values."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from operator import itemgetter
from pathlib import Path

import msgspec

from entrepot.model.drafts import Reading
from entrepot.model.problems import Cell, Place
from entrepot.workbench.reading.json_file import BLOCK_BYTES, JsonFile
from entrepot.workbench.reading.json_scan import STRING, value_end
from entrepot.workbench.reading.json_split import Piece
from entrepot.workbench.reading.json_window import SPACE

NAME = msgspec.json.Decoder(str)


def places(path: Path, reading: Reading, records: Sequence[int], *, block_bytes: int = BLOCK_BYTES) -> dict[int, Place]:
    """Where records of a file that was staged begin."""
    found = cells(path, reading, dict.fromkeys(records, (None,)), block_bytes=block_bytes)
    return {record: place for (record, _), place in found.items()}


def cells(
    path: Path, reading: Reading, wanted: Mapping[int, Collection[str | None]], *, block_bytes: int = BLOCK_BYTES
) -> dict[Cell, Place]:
    """The names that are asked for, by record, of those records that the file has. A value that a record lacks stands
    where the record does."""
    left, found, first = dict(wanted), dict[Cell, Place](), 1
    with closing(JsonFile(path=path, reading=reading, block_bytes=block_bytes).pieces()) as pieces:
        for piece in pieces:
            here = range(first, first + len(piece.texts))
            first = here.stop
            if some := left.keys() & here:
                found.update(cells_in(piece, here, {record: left.pop(record) for record in some}))
            if not left:
                break
    return found


def cells_in(
    piece: Piece, numbers: range, wanted: Mapping[int, Collection[str | None]]
) -> Iterator[tuple[Cell, Place]]:
    spots: list[tuple[int, Cell]] = []
    for record, text, start in zip(numbers, piece.texts, piece.starts(), strict=True):
        if names := wanted.get(record):
            inside = {} if set(names) == {None} else dict(members(bytes(text)))
            spots += [(start + inside.get(name, 0), (record, name)) for name in names]
    spots.sort(key=itemgetter(0))
    for (_, cell), place in zip(spots, piece.window.along(at for at, _ in spots), strict=True):
        yield cell, replace(place, record=cell[0])


def members(text: bytes) -> Iterator[tuple[str | None, int]]:
    """The names of an object, and where their values begin; of anything else none.

    >>> list(members(b'{"a": 1, "b" :{"a":2}}')), list(members(b'["a"]'))
    ([('a', 6), ('b', 14)], [])
    """
    at = 0 if text.startswith(b"{") else None
    while at is not None and (name := STRING.match(text, behind(text, at + 1))):
        start = behind(text, behind(text, name.end()) + 1)
        yield NAME.decode(name[0]), start
        at = value_end(text, start)


def behind(text: bytes, at: int) -> int:
    """What follows the white space there."""
    match = SPACE.match(text, at)
    return match.end() if match else at
