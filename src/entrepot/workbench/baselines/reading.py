"""The hidden sheet of a workbook that came back. Whatever is wrong with it costs the baseline, never the workbook."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from arro3.core import DataType

from entrepot.model.baselines import DATA, HEAD, PART, SHEET, SIGNATURE, FoundBaseline
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
HEXADECIMAL = frozenset("0123456789abcdef")


class BrokenError(Exception):
    """In words."""


@dataclass(kw_only=True)
class Walk:
    """From the first cell to the last."""

    database: Database
    pieces: list[tuple[int, str]] = field(default_factory=list)
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
        elif letter == DATA and self.part >= 0 and HEXADECIMAL.issuperset(rest):
            self.digest.update(cell.encode())
            self.keep(rest)
        else:
            raise BrokenError("a cell of it holds what none should")

    def keep(self, piece: str) -> None:
        self.pieces.append((self.part, piece))
        if len(self.pieces) >= PIECES_AT_ONCE:
            self.store()

    def store(self) -> None:
        if self.pieces:
            columns = [[part for part, _ in self.pieces], [piece for _, piece in self.pieces]]
            insert(self.database.connection, "baseline", columns, [DataType.int32()])
            self.pieces.clear()

    def found(self) -> FoundBaseline:
        self.store()
        if not self.signature:
            raise BrokenError("its end is missing")
        try:
            head = base64.b64decode("".join(self.head), validate=True)
        except (binascii.Error, ValueError) as error:
            raise BrokenError("its beginning is damaged") from error
        return FoundBaseline(head=head, digest=self.digest.hexdigest(), signature=self.signature)


def read_baseline(database: Database, request: ReadBaseline) -> BaselineFound:
    """Into the table `baseline(part, piece)`."""
    database.connection.execute("CREATE OR REPLACE TABLE baseline (part INTEGER, piece VARCHAR)")
    return BaselineFound(found=found_in(database, Path(request.path)))


def found_in(database: Database, path: Path) -> FoundBaseline | None:
    """None: there is no such sheet."""
    book = open_book(path, database.memory_bytes)
    sheet = next((sheet for sheet in book.sheets if sheet.name == SHEET), None)
    if sheet is None:
        return None
    walk = Walk(database=database)
    try:
        for cell in cells(SheetReader(book=book, sheet=sheet, longest=database.longest_row_bytes)):
            walk.take(cell)
        return walk.found()
    except BrokenError as error:
        return FoundBaseline(broken=str(error))
    except EntrepotError as error:
        return FoundBaseline(broken=error.message.rstrip("."))
