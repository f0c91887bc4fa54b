"""Spreadsheets of the OpenDocument standard (`ods`): one part of XML with all sheets, read row by row.

Rows and cells that are the same stand there once, with how often they come. Whoever writes such a file leaves nothing
out but what is empty, so what comes often and is empty costs nothing here, and what has values is counted.
"""

from __future__ import annotations

import zipfile
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path

from entrepot.workbench.reading.sheets.open_rows import OpenRows, Repeated
from entrepot.workbench.reading.sheets.rows import Fault

CONTENT, MANIFEST = "content.xml", "META-INF/manifest.xml"
BLOCK_BYTES = 1 << 16
ROWS_AT_ONCE = 2000
ENOUGH = 2
NEAR = 100
"""So many blank rows are told as such; more are a gap."""
Told = Mapping[str, object]


class PasswordError(Exception):
    """It is locked."""


def is_open_document(path: Path) -> bool:
    if not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as archive:
        return CONTENT in archive.namelist()


def sheets_of(path: Path) -> Generator[Told, None, None]:
    """Their names, and how many of their rows have values; two are enough to know."""
    reader = OpenRows()
    filled: dict[str, int] = {}
    with closing(repeated(path, reader)) as rows:
        for some in rows:
            if any(some.values):
                filled[some.sheet] = filled.get(some.sheet, 0) + some.times
    for name, style in reader.sheets.items():
        yield {"name": name, "hidden": style in reader.hidden, "filled": min(filled.get(name, 0), ENOUGH)}


def rows_of(path: Path, sheet: str) -> Generator[Told, None, None]:
    """So many at a time, without a gap between them."""
    first = 1
    rows: list[Sequence[str | None]] = []
    faults: list[Fault] = []
    reader = OpenRows(wanted=sheet)
    with closing(repeated(path, reader)) as found:
        for number, some in numbered(found):
            blank = number - first - len(rows)
            if len(rows) >= ROWS_AT_ONCE or blank > NEAR:
                if rows:
                    yield {"first": first, "rows": rows, "faults": faults}
                first = number
                rows, faults = list[Sequence[str | None]](), list[Fault]()
            else:
                rows += [()] * blank
            rows.append(some.values)
            faults += [(number, *fault) for fault in some.faults]
    if rows:
        yield {"first": first, "rows": rows, "faults": faults}


def numbered(found: Iterator[Repeated]) -> Iterator[tuple[int, Repeated]]:
    for some in found:
        for number in range(some.first, some.first + some.times):
            yield number, some


def repeated(path: Path, reader: OpenRows) -> Generator[Repeated, None, None]:
    with zipfile.ZipFile(path) as archive:
        if MANIFEST in archive.namelist() and b"encryption-data" in archive.read(MANIFEST):
            raise PasswordError("It is protected by a password.")
        with archive.open(CONTENT) as part:
            while block := part.read(BLOCK_BYTES):
                yield from reader.fed(block)
            yield from reader.fed(b"", last=True)
