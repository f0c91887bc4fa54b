"""Counting the rows of a workbook strictly: every byte inflated, checksums compared, declared counts compared.

Memory stays flat: sheets are scanned, never built. What is XML of a bounded size (list of sheets, legend) is parsed.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from xml.etree import ElementTree

from entrepot.formats.xlsx.parts import OFFICE, PACKAGE
from entrepot.formats.xlsx.styles import MAIN
from entrepot.model.errors import DamagedError
from entrepot.model.spreadsheets import LEGEND, LEGEND_PART

BLOCK = 1 << 20
LARGEST_LIST = 16 << 20
ROOT = re.compile(rb"<([A-Za-z][\w.-]*:)?worksheet[\s>]")
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, KeyError, OSError, NotImplementedError, RuntimeError, ValueError)


@dataclass(frozen=True, kw_only=True)
class Declared:
    """What the legend says of a sheet."""

    member: str
    rows: int


def count_workbook(path: Path) -> Mapping[str, int]:
    """Rows without headers per entity's first sheet; a foreign workbook's per sheet."""
    try:
        with zipfile.ZipFile(path) as archive:
            return _count(archive, path.name)
    except (*BROKEN, ElementTree.ParseError) as error:
        raise _damaged(path.name, f"it cannot be read ({error})") from error


def _count(archive: zipfile.ZipFile, file: str) -> dict[str, int]:
    legend, sheets, counts = _legend(archive), _sheets(archive), dict[str, int]()
    for name, part in sheets.items():
        rows = _rows(archive, part, file)
        if legend is None or name in legend:
            declared = legend[name] if legend else Declared(member=name, rows=rows)
            _check_rows(name, declared, rows, file)
            counts[declared.member] = counts.get(declared.member, 0) + rows
    _check_missing(legend or {}, sheets, file)
    _check_others(archive, set(sheets.values()))
    return counts


def _check_rows(name: str, declared: Declared, rows: int, file: str) -> None:
    if declared.rows != rows:
        raise _damaged(file, f"sheet '{name}' has {rows:,} rows, but {declared.rows:,} were written")


def _check_missing(legend: Mapping[str, Declared], sheets: Mapping[str, str], file: str) -> None:
    missing = sorted(set(legend) - set(sheets))
    if missing:
        raise _damaged(file, f"sheet '{missing[0]}' is missing")


def _check_others(archive: zipfile.ZipFile, done: set[str]) -> None:
    """Reading a part to its end compares its checksum."""
    for part in set(archive.namelist()) - done:
        with archive.open(part) as stream:
            while stream.read(BLOCK):
                pass


def _sheets(archive: zipfile.ZipFile) -> dict[str, str]:
    """Sheet name → part."""
    targets = {
        relation.get("Id"): relation.get("Target", "")
        for relation in _parse(archive, "xl/_rels/workbook.xml.rels").iter(f"{{{PACKAGE}/relationships}}Relationship")
    }
    sheets = _parse(archive, "xl/workbook.xml").iter(f"{{{MAIN}}}sheet")
    return {sheet.get("name", ""): _part(targets[sheet.get(f"{{{OFFICE}/relationships}}id")]) for sheet in sheets}


def _part(target: str) -> str:
    return target[1:] if target.startswith("/") else str(PurePosixPath("xl") / target)


def _legend(archive: zipfile.ZipFile) -> dict[str, Declared] | None:
    if LEGEND_PART not in archive.namelist():
        return None
    lines = _parse(archive, LEGEND_PART).findall(f"{{{LEGEND}}}sheet")
    return {
        line.get("name", ""): Declared(member=line.get("member", ""), rows=int(line.get("rows", ""))) for line in lines
    } or None


def _parse(archive: zipfile.ZipFile, part: str) -> ElementTree.Element:
    with archive.open(part) as stream:
        data = stream.read(LARGEST_LIST + 1)
    if len(data) > LARGEST_LIST or b"<!DOCTYPE" in data:
        raise ValueError(f"{part} is not what a workbook has there")
    return ElementTree.fromstring(data)


def _rows(archive: zipfile.ZipFile, part: str, file: str) -> int:
    """Rows behind the header."""
    with archive.open(part) as stream:
        scan = RowScan(stream.read(BLOCK))
        while block := stream.read(BLOCK):
            scan.add(block)
    if not scan.whole():
        raise _damaged(file, f"{part} breaks off")
    return max(scan.opened - 1, 0)


class RowScan:
    """Rows by their tags: `<` never stands in a text."""

    def __init__(self, first: bytes) -> None:
        root = ROOT.search(first)
        self._prefix = (root[1] or b"") if root else b"?"
        self._short = re.compile(rb"<%brow(?:\s[^<>]*)?/>" % self._prefix)
        self._tail = b""
        self.opened = self.closed = 0
        self.add(first)

    def add(self, block: bytes) -> None:
        """Up to the last tag, which may be unfinished."""
        data = self._tail + block
        cut = max(data.rfind(b"<"), 0)
        head, self._tail = data[:cut], data[cut:]
        start = b"<%brow" % self._prefix
        bare, spaced, short = (head.count(start + end) for end in (b">", b" ", b"/"))
        self.opened += bare + spaced + short
        self.closed += head.count(b"</%brow>" % self._prefix)
        if spaced or short:
            self.closed += len(self._short.findall(head))

    def whole(self) -> bool:
        return self.opened == self.closed and self._tail.rstrip() == b"</%bworksheet>" % self._prefix


def _damaged(file: str, fact: str) -> DamagedError:
    return DamagedError("damaged_workbook", f"The workbook {file} is damaged: {fact}.", remedy="Get an undamaged copy.")
