"""The reader of workbooks that are not XML of Excel's: xls, xlsb, ods. It runs in a process of its own, because what it
is built on for the first two holds a whole sheet in memory and ends its process where it fails.

Runs as `python -m entrepot.workbench.reading.sheets.foreign MEMORY_BYTES SECONDS PATH [SHEET]` and writes lines of
JSON: what sheets there are, or the rows of one, and a last line that says that all went well.
"""

from __future__ import annotations

import os
import resource
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import msgspec

from entrepot.workbench.reading.sheets import open_document
from entrepot.workbench.reading.sheets.error_cells import Cell, error_cells
from entrepot.workbench.reading.sheets.open_document import ENOUGH, ROWS_AT_ONCE
from entrepot.workbench.reading.sheets.serials import clock

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

END, FAILED = b'{"end":true}\n', "failed"
MICROSECOND = timedelta(microseconds=1)
EXACT = 10**15


def main() -> None:
    memory_bytes, seconds, path, *sheet = sys.argv[1:]
    resource.setrlimit(resource.RLIMIT_DATA, (int(memory_bytes),) * 2)
    resource.setrlimit(resource.RLIMIT_CPU, (int(seconds),) * 2)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    try:
        for told in said(path, *sheet):
            write(out, told)
    except BaseException as error:  # a panic of the library is no Exception
        write(out, {FAILED: type(error).__name__, "words": f"{error}"})
    else:
        out.write(END)
    out.close()


def write(out: BinaryIO, told: object) -> None:
    out.write(msgspec.json.encode(told) + b"\n")


def said(path: str, sheet: str | None = None) -> Iterator[object]:
    if open_document.is_open_document(Path(path)):
        file = Path(path)
        if sheet is None:
            yield {"sheets": list(open_document.sheets_of(file))}
        else:
            yield from open_document.rows_of(file, sheet)
        return
    yield from calamine(path, sheet, errors_in)


def errors_in(path: str, sheet: int) -> list[Cell] | None:
    """None: nobody knows."""
    try:
        return sorted(error_cells(Path(path), sheet))
    except Exception:  # of a file that the library can read all the same
        return None


def no_errors(_path: str, _sheet: int) -> list[Cell]:
    return []


def marked(chunks: Iterable[dict[str, Any]], errors: list[Cell] | None) -> Iterator[object]:
    """With the errors that the library takes for empty cells."""
    if errors is None:
        yield {"unseen": True}
    waiting = deque(errors or ())
    for told in chunks:
        first, rows = told["first"], told["rows"]
        faults: list[tuple[int, int, str, str]] = []
        while waiting and waiting[0][0] + 1 < first + len(rows):
            row, at, words = waiting.popleft()
            texts = rows[row + 1 - first]
            texts += [None] * (at + 1 - len(texts))
            texts[at] = words
            faults.append((row + 1, at, "error_value", words))
        yield {**told, "faults": faults}


def calamine(
    path: str, sheet: str | None = None, errors: Callable[[str, int], list[Cell] | None] = no_errors
) -> Iterator[object]:
    """Of any kind: of `ods` it is a second reader for the tests, which takes an error for a value."""
    from python_calamine import CalamineWorkbook

    with CalamineWorkbook.from_path(path) as workbook:
        if sheet is None:
            yield {"sheets": list(sheets_of(workbook))}
        else:
            names = [each.name for each in workbook.sheets_metadata]
            yield from marked(rows_of(workbook.get_sheet_by_name(sheet)), errors(path, names.index(sheet)))


def sheets_of(workbook: CalamineWorkbook) -> Iterator[Mapping[str, object]]:
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    for each in workbook.sheets_metadata:
        if each.typ is SheetTypeEnum.WorkSheet:
            hidden = each.visible is not SheetVisibleEnum.Visible
            yield {"name": each.name, "hidden": hidden, "filled": filled(workbook, each.name)}


def filled(workbook: CalamineWorkbook, name: str) -> int:
    """How many rows have values; two are enough to know. A sheet that cannot be read may have any number: it must not
    cost the others."""
    try:
        rows = workbook.get_sheet_by_name(name).iter_rows()
        return sum(1 for _ in islice(filter(has_values, rows), ENOUGH))
    except Exception:
        return ENOUGH


def has_values(row: Sequence[object]) -> bool:
    """Zero and false are some."""
    return any(value != "" for value in row)


def rows_of(sheet: CalamineSheet) -> Iterator[dict[str, Any]]:
    """From the first row of the sheet, and from its first column, so many at a time."""
    if sheet.start is None or sheet.end is None:
        return
    width = sheet.end[1] - sheet.start[1] + 1
    missing: list[str | None] = [None] * sheet.start[1]
    at, rows = 0, sheet.iter_rows()
    while some := list(islice(rows, ROWS_AT_ONCE)):
        texts = [[*missing, *map(text, row)] if len(row) == width else list(map(text, row)) for row in some]
        has_nul = any("\0" in value for row in texts for value in row if value)
        yield {"first": at + 1, "rows": texts, "has_nul": has_nul}
        at += len(some)


def text(value: object) -> str | None:
    return TEXTS[type(value)](value)


def number(value: float) -> str:
    return str(int(value)) if value.is_integer() and abs(value) < EXACT else repr(value)


def moment(value: datetime) -> str:
    words = value.isoformat(" ")
    return words.rstrip("0") if value.microsecond else words


def duration(value: timedelta) -> str:
    ticks = value // MICROSECOND
    return clock(ticks) if ticks >= 0 else f"-{clock(-ticks)}"


def of_day(value: time) -> str:
    return clock((datetime.combine(date.min, value) - datetime.combine(date.min, time())) // MICROSECOND)


def words(value: str) -> str | None:
    return value or None


def truth(value: bool) -> str:
    return "true" if value else "false"


TEXTS: Mapping[type, Callable[..., str | None]] = {
    str: words,
    int: str,
    float: number,
    bool: truth,
    datetime: moment,
    date: date.isoformat,
    time: of_day,
    timedelta: duration,
}

if __name__ == "__main__":
    main()
