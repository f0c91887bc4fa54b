"""Whatever a cell holds, it is known again: on every engine, and after other programs have saved the workbook anew."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from openpyxl.cell.cell import Cell

from acceptance.test_strange_strings import TEXTS
from acceptance.zoo import CASES, Twins, filled, specimens, twins_of
from entrepot import Entrepot, ExportOptions
from entrepot.model.drafts import Mode
from entrepot.model.plans import ImportPlan, ImportRequest

BASELINE = ExportOptions(format_options={"baseline": "yes"}, overwrite=True)
NO_ROOM = "e308"
"""Numbers that no spreadsheet program has room for."""


@pytest.fixture(params=CASES)
def twins(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Twins]:
    with twins_of(request.param, request, tmp_path) as made:
        yield made


def exported(twins: Twins) -> tuple[Entrepot, Path]:
    entrepot = twins.entrepot(twins.first)
    path = twins.folder / "zoo.xlsx"
    entrepot.export("zoo", to=path, options=BASELINE)
    return entrepot, path


def previewed(entrepot: Entrepot, path: Path) -> ImportPlan:
    return entrepot.preview(path, ImportRequest(entity="zoo", mode=Mode.UPSERT))


def edits(plan: ImportPlan) -> str:
    (told,) = (problem.message for problem in plan.problems if problem.code == "baseline_used")
    return told.partition("; ")[2].partition(" changed")[0]


def saved_anew(path: Path) -> Path:
    """By a library."""
    book = openpyxl.load_workbook(path)
    book.save(path)
    book.close()
    return path


def saved_by_libreoffice(path: Path) -> Path:
    program = shutil.which("soffice")
    if program is None:
        pytest.skip("LibreOffice is not installed")
    home = f"-env:UserInstallation={(path.parent / 'office').as_uri()}"
    words = (home, "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(path.parent / "saved"))
    subprocess.run([program, *words, str(path)], check=True, capture_output=True, timeout=300)
    return path.parent / "saved" / path.name


def with_room(twins: Twins) -> list[tuple[str, list[str]]]:
    some = specimens(twins.case, importable=True)
    return [(native, [sql for sql in values if NO_ROOM not in sql.lower()]) for native, values in some]


def turned(path: Path) -> int:
    """Each column by one row, so that nearly all of its cells are edits; how many cells a column has."""
    book = openpyxl.load_workbook(path)
    cells: list[Cell] = []
    for column in list(book["zoo"].iter_cols(min_row=2, min_col=2)):
        cells = [cell for cell in column if isinstance(cell, Cell)]
        held = [(cell.value, cell.data_type, cell.number_format) for cell in cells]
        for cell, (value, kind, shown) in zip(cells, [*held[1:], held[0]], strict=True):
            cell.value = value
            cell.data_type, cell.number_format = kind, shown
    book.save(path)
    book.close()
    return len(cells)


def test_no_value_of_any_type_is_an_edit_or_looks_changed_by_others(twins: Twins) -> None:
    filled(twins, with_room(twins))
    entrepot, path = exported(twins)
    for _ in range(2):
        plan = previewed(entrepot, path)
        assert edits(plan) == "0 cells were"
        assert plan.counts["unchanged"] == sum(plan.counts.values()) > 0
        saved_anew(path)
    rows = turned(path)
    plan = previewed(entrepot, path)
    assert int(edits(plan).partition(" ")[0]) > rows
    assert "changed_by_both" not in {finding.code for finding in plan.findings}
    assert plan.counts["updated"] > 0


@pytest.mark.postgres
@pytest.mark.parametrize("twins", CASES[1:2], indirect=True)
def test_libreoffice_makes_no_edit_of_any_value_either(twins: Twins) -> None:
    filled(twins, with_room(twins))
    entrepot, path = exported(twins)
    plan = previewed(entrepot, saved_by_libreoffice(path))
    assert edits(plan) == "0 cells were"
    assert plan.counts["unchanged"] == sum(plan.counts.values()) > 0


@pytest.mark.parametrize("twins", CASES[:1], indirect=True)
def test_no_text_is_an_edit_however_strange(twins: Twins) -> None:
    """Also one that is longer than a cell."""
    texts = [text for text in TEXTS if text is None or "\0" not in text] + ["x" * 40_000, "a\r\nb\rc\nd"]
    values = ["NULL" if text is None else "'" + text.replace("'", "''") + "'" for text in texts]
    rows = ", ".join(f"({at}, {value})" for at, value in enumerate(values))
    twins.first.execute("CREATE TABLE zoo (id integer PRIMARY KEY, t text)", f"INSERT INTO zoo VALUES {rows}")
    plan = previewed(*exported(twins))
    assert (edits(plan), plan.counts["unchanged"]) == ("0 cells were", len(texts))
