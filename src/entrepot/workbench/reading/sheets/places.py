"""Where records of a workbook stand, and their values: the sheet, the row and the column."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path

from entrepot.model.drafts import Reading
from entrepot.model.problems import Cell, Place
from entrepot.model.spreadsheets import address
from entrepot.workbench.reading.sheets.records import Part, Records
from entrepot.workbench.reading.sheets.workbook import USUAL_MEMORY_BYTES, open_workbook

LONGEST = 1 << 30
"""What was staged was within its limits."""


def places(path: Path, reading: Reading, records: Sequence[int]) -> dict[int, Place]:
    found = cells(path, reading, dict.fromkeys(records, (None,)))
    return {record: place for (record, _), place in found.items()}


def cells(path: Path, reading: Reading, wanted: Mapping[int, Collection[str | None]]) -> dict[Cell, Place]:
    """The columns that are asked for, by record, of those records that the file has."""
    workbook = open_workbook(path, reading.format, USUAL_MEMORY_BYTES, LONGEST)
    records = Records(workbook=workbook, table=workbook.chosen(reading.entity), reading=reading)
    found: dict[Cell, Place] = {}
    first, last = 1, max(wanted, default=0)
    with closing(records.parts()) as parts:
        for part in parts:
            found.update(within(part, first, wanted, records))
            first += len(part.numbers)
            if first > last:
                break
    return found


def within(
    part: Part, first: int, wanted: Mapping[int, Collection[str | None]], records: Records
) -> Iterator[tuple[Cell, Place]]:
    assert records.layout is not None
    here = wanted.keys() & set(range(first, first + len(part.numbers)))
    if not here:
        return
    names = records.layout.names(max(len(part.columns), len(records.layout.found)))
    columns = {name: at + 1 for at, name in enumerate(names)}
    for record in sorted(here):
        row = part.numbers[record - first]
        for name in wanted[record]:
            at = address(part.sheet.name, row, columns.get(name) if name is not None else None)
            yield (record, name), Place(file=records.workbook.file, record=record, line=row, cell=at)
