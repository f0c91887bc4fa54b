"""Where cells with errors (`#N/A`, `#REF!`) are in workbooks that are not XML: `xls` and `xlsb`. The library that reads
them gives such cells out as empty ones."""

from __future__ import annotations

import posixpath
import struct
from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import fromstring
from zipfile import ZipFile

from entrepot.workbench.reading.sheets.compound import MAGIC, Compound

WORDS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}
WORDS[43] = "#GETTING_DATA"
Cell = tuple[int, int, str]
"""Row and column from 0, and the error."""
BEGINS, ENDS, SHEET, FORMULA = frozenset({0x0009, 0x0209, 0x0409, 0x0809}), 0x000A, 0x0085, 0x0006
BOOLEAN_OR_ERROR = frozenset({0x0005, 0x0205})
NO_NUMBER, IS_ERROR = 0xFFFF, 2
ROW, ERRORS, BUNDLED = 0, frozenset({3, 11}), 156
BOOK = "xl/workbook.bin"


def error_cells(path: Path, sheet: int) -> list[Cell]:
    """Of the sheet of that number, from 0, in the order of the file. Whatever is wrong with the file is an error of
    some kind: who reads it knows better."""
    with path.open("rb") as file:
        start = file.read(len(MAGIC))
    if start.startswith(b"PK"):
        return list(_of_xlsb(path, sheet))
    data = path.read_bytes()
    stream = Compound(data).stream("workbook", "book") if start == MAGIC else data
    return [] if stream is None else list(_of_xls(stream, sheet))


def _of_xls(stream: bytes, sheet: int) -> Iterator[Cell]:
    found = [stream[at : at + 4] for kind, at, _ in _records(stream, 0) if kind == SHEET]
    begin = int.from_bytes(found[sheet], "little") if found else 0
    for kind, at, size in _records(stream, begin):
        if kind in BOOLEAN_OR_ERROR and size >= 8:
            row, column, code, is_error = struct.unpack_from("<HH2xBB", stream, at + size - 8)
            if is_error:
                yield row, column, WORDS.get(code, "#ERROR")
        elif kind == FORMULA and size >= 14:
            row, column, means, code, number = struct.unpack_from("<HH2xBxB3xH", stream, at)
            if number == NO_NUMBER and means == IS_ERROR:
                yield row, column, WORDS.get(code, "#ERROR")


def _records(stream: bytes, at: int) -> Iterator[tuple[int, int, int]]:
    """Kind, place and size, to the end of what begins there; not of what is embedded in it."""
    depth = 0
    while at + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, at)
        depth += kind in BEGINS
        if depth == 1:
            yield kind, at + 4, size
        depth -= kind == ENDS
        if not depth:
            return
        at += 4 + size


def _of_xlsb(path: Path, sheet: int) -> Iterator[Cell]:
    with ZipFile(path) as archive:
        data = archive.read(_part(archive, sheet))
    row = 0
    for kind, at, size in _binary_records(data):
        if kind == ROW and size >= 4:
            row = int.from_bytes(data[at : at + 4], "little")
        elif kind in ERRORS and size >= 9:
            yield row, int.from_bytes(data[at : at + 4], "little"), WORDS.get(data[at + 8], "#ERROR")


def _part(archive: ZipFile, sheet: int) -> str:
    book = archive.read(BOOK)
    found = [book[at : at + size] for kind, at, size in _binary_records(book) if kind == BUNDLED]
    length = int.from_bytes(found[sheet][8:12], "little")
    wanted = found[sheet][12 : 12 + 2 * length].decode("utf-16-le")
    relations = fromstring(archive.read("xl/_rels/workbook.bin.rels"))
    target = next(one.attrib["Target"] for one in relations if one.attrib["Id"] == wanted)
    return target.lstrip("/") if target.startswith("/") else posixpath.join("xl", target)


def _binary_records(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Kind, place and size."""
    at = 0
    while at < len(data):
        kind, at = data[at], at + 1
        if kind & 0x80:
            kind, at = kind & 0x7F | (data[at] & 0x7F) << 7, at + 1
        size = shift = 0
        while True:
            byte, at = data[at], at + 1
            size |= (byte & 0x7F) << shift
            shift += 7
            if not byte & 0x80 or shift == 28:
                break
        yield kind, at, size
        at += size
