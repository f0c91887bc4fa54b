"""What is told about a workbook as a whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from entrepot.model.problems import Place, Problem, Severity
from entrepot.workbench.reading.csv_names import about_names
from entrepot.workbench.reading.csv_shape import no_header
from entrepot.workbench.reading.sheets.layout import Layout
from entrepot.workbench.reading.sheets.records import Records


def about(records: Records, layout: Layout, names: Sequence[str], keep: Sequence[int]) -> Iterator[Problem]:
    """`keep` are the columns that the table has, of the first ones of the sheet."""
    workbook, table = records.workbook, records.table
    place, file = layout.place(workbook, table), Place(file=workbook.file)
    if layout.skipped:
        yield preamble(layout.skipped, file)
    if layout.guessed_no_header:
        yield no_header(place)
    if layout.header:
        found = [layout.found[at] if at < len(layout.found) else "" for at in keep]
        yield from about_names(found, [names[at] for at in keep], place)
    if records.blank:
        yield blank_rows(records.blank, file)
    if records.merged:
        yield merged_cells(records.merged, replace(file, cell=records.merged_first))
    if workbook.has_words:
        yield Problem(code="about_left_out", message=ABOUT_LEFT_OUT, severity=Severity.INFO, place=file)
    if workbook.has_macros:
        yield Problem(code="macros", message=MACROS, severity=Severity.INFO, place=file)
    if workbook.hides_errors:
        yield Problem(code="errors_unseen", message=UNSEEN, remedy=SAVE_AS_XLSX, severity=Severity.WARNING, place=file)


ABOUT_LEFT_OUT = "The sheet with what Entrepot said about the workbook was left out."
MACROS = "The workbook holds macros; only values were read."
UNSEEN = "In this workbook a cell with an error (#N/A, #REF!) cannot be told from an empty one."
SAVE_AS_XLSX = "If a column is calculated, save the workbook as xlsx, which tells them."


def preamble(rows: int, place: Place) -> Problem:
    some = "The first row was" if rows == 1 else f"The first {rows:,} rows were"
    return Problem(
        code="lines_skipped",
        message=f"{some} taken for a preamble and left out.",
        remedy="If that is part of the table, say so: --skip-lines 0.",
        severity=Severity.WARNING,
        place=replace(place, line=1),
    )


def blank_rows(count: int, place: Place) -> Problem:
    some = "A blank row was" if count == 1 else f"{count:,} blank rows were"
    return Problem(
        code="blank_lines",
        message=f"{some} left out; they count as rows of the sheet, not as records.",
        severity=Severity.INFO,
        place=place,
    )


def merged_cells(count: int, place: Place) -> Problem:
    some = "An area of cells is" if count == 1 else f"{count:,} areas of cells are"
    return Problem(
        code="merged_cells",
        message=f"{some} merged among the records; only the first cell of each has its value.",
        remedy="If it is meant for all of them, undo the merging and fill it in.",
        severity=Severity.WARNING,
        place=place,
    )
