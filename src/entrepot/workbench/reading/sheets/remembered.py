"""What we said about a workbook of ours in its baseline, where a program that saved it anew lost our legend."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping

import msgspec

from entrepot.model.baselines import HEAD, SHEET, BaselineHead
from entrepot.model.errors import EntrepotError
from entrepot.workbench.reading.sheets.book import Book, Sheet, Written
from entrepot.workbench.reading.sheets.sheet_rows import SheetReader


def remembered(book: Book, longest: int) -> Mapping[str, Written]:
    """By the names of sheets; none where there is no baseline, or no whole one."""
    sheet = next((sheet for sheet in book.sheets if sheet.name == SHEET), None)
    if sheet is None:
        return {}
    try:
        head = msgspec.json.decode(base64.b64decode("".join(pieces(book, sheet, longest))), type=BaselineHead)
    except (EntrepotError, msgspec.MsgspecError, binascii.Error, ValueError):
        return {}
    return {each.name: Written(member=each.member, rows=0, zoned=frozenset(each.zoned)) for each in head.sheets}


def cells(reader: SheetReader) -> Iterator[str]:
    """All that stands in the first column."""
    for rows in reader.rows():
        yield from (value for value in (rows.columns[0] if rows.columns else ()) if value)


def pieces(book: Book, sheet: Sheet, longest: int) -> Iterator[str]:
    """Of the head, which comes first."""
    for cell in cells(SheetReader(book=book, sheet=sheet, longest=longest)):
        if not cell.startswith(HEAD):
            return
        yield cell[len(HEAD) :]
