"""The hidden sheet of a workbook that came back. Whatever is wrong with it costs the baseline, never the workbook."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from entrepot.model.baselines import DATA, HEAD, PART, SHEET, SIGNATURE, BaselineHead, FoundBaseline, part_of
from entrepot.model.errors import EntrepotError
from entrepot.workbench.protocol_baselines import BaselineFound, ReadBaseline
from entrepot.workbench.reading.sheets.book import open_book
from entrepot.workbench.reading.sheets.remembered import cells
from entrepot.workbench.reading.sheets.sheet_rows import SheetReader
from entrepot.workbench.reading.tables import insert
from entrepot.workbench.source import Database

if TYPE_CHECKING:
    from hashlib import _Hash

PIECES_AT_ONCE = 100
DAMAGED = "its beginning is damaged"
HEXADECIMAL = frozenset("0123456789abcdef")


class BrokenError(Exception):
    """In words."""


@dataclass(kw_only=True)
class Walk:
    """From the first cell to the last."""

    database: Database
    entity: str
    wanted: int = -1
    """The number of its part."""
    pieces: list[str] = field(default_factory=list)
    head: list[str] = field(default_factory=list)
    digest: _Hash = field(default_factory=sha256)
    part: int = -1
    signature: str = ""

    def take(self, cell: str) -> None:
        letter, rest = cell[:1], cell[1:]
        if self.signature:
            raise BrokenError("something follows its end")
        if letter == HEAD and self.part < 0:
            self.head.append(rest)
        elif letter == SIGNATURE:
            self.signature = rest
        elif letter == PART and rest == str(self.part + 1):
            self.digest.update(cell.encode())
            self.part += 1
            self.wanted = self.wanted if self.part else self.number()
        elif letter == DATA and self.part >= 0 and HEXADECIMAL.issuperset(rest):
            self.digest.update(cell.encode())
            if self.part == self.wanted:
                self.keep(rest)
        else:
            raise BrokenError("a cell of it holds what none should")

    def keep(self, piece: str) -> None:
        self.pieces.append(piece)
        if len(self.pieces) >= PIECES_AT_ONCE:
            self.store()

    def store(self) -> None:
        if self.pieces:
            insert(self.database.connection, "baseline", [self.pieces], [])
            self.pieces.clear()

    def encoded(self) -> bytes:
        try:
            return base64.b64decode("".join(self.head), validate=True)
        except (binascii.Error, ValueError) as error:
            raise BrokenError(DAMAGED) from error

    def number(self) -> int:
        """Of the part that is wanted; once the head is whole."""
        try:
            known = part_of(msgspec.json.decode(self.encoded(), type=BaselineHead), self.entity)
        except msgspec.MsgspecError as error:
            raise BrokenError(DAMAGED) from error
        return -1 if known is None else known[0]

    def found(self) -> FoundBaseline:
        self.store()
        if not self.signature:
            raise BrokenError("its end is missing")
        return FoundBaseline(head=self.encoded(), digest=self.digest.hexdigest(), signature=self.signature)


def read_baseline(database: Database, request: ReadBaseline) -> BaselineFound:
    """What it says of the entity goes into the table `baseline(piece)`."""
    database.connection.execute("CREATE OR REPLACE TABLE baseline (piece VARCHAR)")
    return BaselineFound(found=found_in(database, Path(request.path), request.entity))


def found_in(database: Database, path: Path, entity: str) -> FoundBaseline | None:
    """None: there is no such sheet."""
    book = open_book(path, database.memory_bytes)
    sheet = next((sheet for sheet in book.sheets if sheet.name == SHEET), None)
    if sheet is None:
        return None
    walk = Walk(database=database, entity=entity)
    try:
        for cell in cells(SheetReader(book=book, sheet=sheet, longest=database.longest_row_bytes)):
            walk.take(cell)
        return walk.found()
    except BrokenError as error:
        return FoundBaseline(broken=str(error))
    except EntrepotError as error:
        return FoundBaseline(broken=error.message.rstrip("."))
