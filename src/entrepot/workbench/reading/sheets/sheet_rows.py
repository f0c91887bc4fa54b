"""The rows of a sheet in XML: the quick way as long as it understands what it reads, else the careful one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from entrepot.workbench.reading.sheets.book import Book, Sheet
from entrepot.workbench.reading.sheets.careful_cells import TOP, RowWalker
from entrepot.workbench.reading.sheets.pieces import NotPlainError, Pieces
from entrepot.workbench.reading.sheets.quick_cells import NotUsualError
from entrepot.workbench.reading.sheets.quick_rows import QuickRows
from entrepot.workbench.reading.sheets.refusals import damaged
from entrepot.workbench.reading.sheets.rows import Rows, WrongCellError
from entrepot.workbench.reading.sheets.values import OddValueError
from entrepot.workbench.reading.sheets.walking import walked

MERGED = re.compile(r'<mergeCell ref="([A-Z]+[0-9]+:[A-Z]+[0-9]+)"')


@dataclass(kw_only=True)
class SheetReader:
    """Once through a sheet, in constant memory."""

    book: Book
    sheet: Sheet
    longest: int
    """Characters of a row."""
    last: int = 0
    merged: list[str] = field(default_factory=list)
    """Areas of merged cells, after the last row."""

    def rows(self) -> Iterator[Rows]:
        try:
            yield from self.quickly()
        except NotPlainError:
            yield from self.carefully()
        except WrongCellError as error:
            raise self.wrong(error) from error

    def quickly(self) -> Iterator[Rows]:
        pieces = Pieces(file=self.book.file, part=self.sheet.part, outer=TOP, unit="row", longest=self.longest)
        quick = QuickRows(values=self.book.values)
        for piece in pieces.texts(self.book.container.blocks(self.sheet.part)):
            try:
                rows = quick.rows(piece, self.last)
            except (NotUsualError, OddValueError, ValueError, LookupError):
                rows = self.with_care(piece)
            self.last = rows.last
            yield rows
        self.merged = MERGED.findall(pieces.tail)

    def with_care(self, piece: str) -> Rows:
        walker = RowWalker(values=self.book.values, last=self.last, longest=self.longest)
        data = f"<{TOP}>{piece}</{TOP}>".encode()
        for _ in walked([data], walker, self.book.file, self.sheet.part):
            pass
        return walker.found()

    def carefully(self) -> Iterator[Rows]:
        """The whole sheet, but for rows that were read already."""
        walker, part = RowWalker(values=self.book.values, last=0, longest=self.longest), self.sheet.part
        try:
            for _ in walked(self.book.container.blocks(part), walker, self.book.file, part):
                yield behind(walker.found(), self.last)
        except WrongCellError as error:
            raise self.wrong(error) from error
        self.merged = walker.merged

    def wrong(self, error: WrongCellError) -> Exception:
        return damaged(self.book.file, f"in the sheet '{self.sheet.name}', {error}")


def behind(rows: Rows, last: int) -> Rows:
    start = next((at for at, number in enumerate(rows.numbers) if number > last), len(rows.numbers))
    if not start:
        return rows
    faults = [fault for fault in rows.faults if fault[0] > last]
    return Rows(
        numbers=rows.numbers[start:], columns=[column[start:] for column in rows.columns], last=rows.last, faults=faults
    )
