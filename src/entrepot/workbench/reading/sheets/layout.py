"""Where a sheet's table begins: what stands in front of it, whether its first row holds names, and which."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, pairwise

from entrepot.model.drafts import Reading
from entrepot.model.errors import InputError
from entrepot.model.problems import Place
from entrepot.model.spreadsheets import address
from entrepot.workbench.reading.csv_names import distinct, is_header
from entrepot.workbench.reading.sheets.rows import Rows
from entrepot.workbench.reading.sheets.workbook import Table, Workbook, filled

SAMPLE_ROWS = 200
WIDE = 3
"""A single value in front of a table with so many columns is none of it."""
Numbered = tuple[int, list[str | None]]


@dataclass(frozen=True, kw_only=True)
class Layout:
    first: int
    """The row that the table begins with."""
    header: bool
    found: tuple[str, ...]
    """Names as they stand there; empty ones besides."""
    skipped: int
    """Rows that were taken for a preamble."""
    guessed_no_header: bool = False

    @property
    def behind(self) -> int:
        """Records come after this row."""
        return self.first if self.header else self.first - 1

    def names(self, width: int) -> tuple[str, ...]:
        """Of so many columns, counted from the first of the sheet."""
        return distinct([*self.found, *[""] * (width - len(self.found))][:width])

    def place(self, workbook: Workbook, table: Table) -> Place:
        return Place(file=workbook.file, line=self.first, cell=address(table.sheets[0].name, self.first))


def laid_out(workbook: Workbook, table: Table, reading: Reading) -> tuple[Layout | None, Iterator[Rows]]:
    """The layout, and all rows of the first sheet; None where it has no values."""
    if reading.skip_lines is not None and reading.skip_lines < 0:
        raise InputError(
            "invalid_skip_lines",
            f"{reading.skip_lines} lines cannot be skipped.",
            remedy="Count the rows in front of the table: --skip-lines 0.",
        )
    if table.ours and reading.header is None and reading.skip_lines is None:
        reading = replace(reading, header=True, skip_lines=0)
    rows = workbook.rows(table.sheets[0])
    taken: list[Rows] = []
    sample: list[Numbered] = []
    for some in rows:
        taken.append(some)
        sample += [row for row in filled(some) if row[0] > (reading.skip_lines or 0)]
        if len(sample) >= SAMPLE_ROWS:
            break
    return layout_of(sample[:SAMPLE_ROWS], reading), chain(taken, rows)


def layout_of(sample: Sequence[Numbered], reading: Reading) -> Layout | None:
    if not sample:
        return None
    guessed = reading.skip_lines is None and reading.header is not False
    skipped = preamble(sample) if guessed else 0
    first, values = sample[skipped]
    others = [row for _, row in sample[skipped + 1 :]]
    header = is_header(values, others) if reading.header is None else reading.header
    return Layout(
        first=first,
        header=header,
        found=tuple(value or "" for value in values) if header else (),
        skipped=first - 1 if skipped else 0,
        guessed_no_header=reading.header is None and not header,
    )


def preamble(sample: Sequence[Numbered]) -> int:
    """How many rows in front of a table of several columns hold one value, and are none of it: as in CSV files, they
    begin with #, are apart from what follows, or the table is wide."""
    width = max(sum(map(bool, row)) for _, row in sample)
    at = 0
    for at, ((number, row), (after, _)) in enumerate(pairwise(sample)):
        value = next(filter(None, row), "")
        alone = sum(map(bool, row)) == 1 and width > 1
        if not (alone and (value.startswith("#") or after > number + 1 or width >= WIDE)):
            return at
    return at
