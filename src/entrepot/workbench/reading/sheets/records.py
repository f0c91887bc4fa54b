"""The records of a table in a workbook, and the rows that they stand in."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass

from entrepot.model.drafts import Reading
from entrepot.model.spreadsheets import quoted
from entrepot.workbench.reading.sheets.layout import Layout, laid_out
from entrepot.workbench.reading.sheets.rows import Column, Fault, Rows
from entrepot.workbench.reading.sheets.workbook import Sheet, Table, Workbook


@dataclass(frozen=True, kw_only=True)
class Part:
    """Some records of one sheet."""

    sheet: Sheet
    numbers: Sequence[int]
    """Of their rows."""
    columns: Sequence[Column]
    faults: Sequence[Fault]


@dataclass(kw_only=True)
class Records:
    """Once through the table."""

    workbook: Workbook
    table: Table
    reading: Reading
    layout: Layout | None = None
    """Known with the first part."""
    blank: int = 0
    """Rows without a value between records."""
    merged: int = 0
    """Areas of merged cells that reach into the records."""
    merged_first: str | None = None
    """Where the first of them is."""

    def parts(self) -> Generator[Part, None, None]:
        self.layout, rows = laid_out(self.workbook, self.table, self.reading)
        if self.layout is None:
            return
        first, *others = self.table.sheets
        yield from self.of_sheet(first, rows, self.layout.behind)
        self.note_merged(first, self.layout.behind)
        for sheet in others:
            yield from self.of_sheet(sheet, self.workbook.rows(sheet), int(self.layout.header))
            self.note_merged(sheet, int(self.layout.header))

    def note_merged(self, sheet: Sheet, behind: int) -> None:
        for area in self.workbook.merged(sheet):
            first, _, last = area.partition(":")
            if int("".join(filter(str.isdecimal, last)) or 0) > behind:
                self.merged += 1
                self.merged_first = self.merged_first or f"{quoted(sheet.name)}!{first}"

    def of_sheet(self, sheet: Sheet, rows: Iterator[Rows], behind: int) -> Iterator[Part]:
        """Behind that row."""
        last = behind
        for some in rows:
            keep = kept(some, behind, behind + sheet.rows)
            if not keep:
                continue
            numbers, columns, faults = some.numbers, some.columns, some.faults
            if len(keep) < len(numbers):
                numbers = [numbers[at] for at in keep]
                columns = [[column[at] for at in keep] for column in columns]
                there = set(numbers)
                faults = [fault for fault in faults if fault[0] in there]
            self.blank += numbers[-1] - last - len(numbers)
            last = numbers[-1]
            yield Part(sheet=sheet, numbers=numbers, columns=columns, faults=faults)


def kept(rows: Rows, behind: int, ours: int) -> Sequence[int]:
    """Which of the rows are records. In what we wrote ourselves, a row of empty cells is one of nothing but NULLs."""
    everything = range(len(rows.numbers))
    if not everything:
        return ()
    if rows.numbers[0] > behind and (rows.numbers[-1] <= ours or any(all(column) for column in rows.columns)):
        return everything
    return [
        at
        for at, number in enumerate(rows.numbers)
        if number > behind and (number <= ours or any(column[at] for column in rows.columns))
    ]
