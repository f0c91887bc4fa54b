"""The same rows in every format that comes in. Nothing is written: what a format costs is not hidden behind a database
that takes its time."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.cases import MB, Case
from bench.dataset import import_files
from bench.places import emptied

CSV = "csv"
SHEET_ROWS = 100_000
PEER = "calamine alone"
READ_SHEET = (
    "import sys, python_calamine as calamine;"
    " workbook = calamine.CalamineWorkbook.from_path(sys.argv[1]);"
    " print(sum(1 for _ in workbook.get_sheet_by_index(0).iter_rows()))"
)
MADE_BY_US = {"ndjson": ".ndjson", "json": ".json", "parquet": ".parquet", "package": ".zip", "dump": ".sql"}
MADE_BY_PG_DUMP = {
    "pg_dump (COPY)": "",
    "pg_dump, 500 rows per INSERT": "--rows-per-insert=500",
    "pg_dump, one row per INSERT": "--inserts",
}
GATES = {"package": 1.3, "dump": 2.5, **dict.fromkeys(MADE_BY_PG_DUMP, 2.5)}


@dataclass(frozen=True, kw_only=True)
class Formats:
    """The table is full, so that every record meets its row and nothing is different."""

    postgres: str
    csv: Path
    workbook: Path
    files: dict[str, Path]
    """By case."""


@contextmanager
def every_format(rows: int, data: Path, folder: Path) -> Iterator[tuple[Case, ...]]:
    files = import_files(data, rows)
    with emptied(rows, files, folder, frozenset({"postgres"})) as places:
        _run(f"psql -X -q -v ON_ERROR_STOP=1 -d {places.postgres} -f {folder / 'full.sql'}")
        made = {name: _exported(places.postgres, folder / f"ours{ending}") for name, ending in MADE_BY_US.items()}
        dumped = {
            name: _dumped(places.postgres, folder / f"dump{number}.sql", options)
            for number, (name, options) in enumerate(MADE_BY_PG_DUMP.items())
        }
        workbook = _exported(places.postgres, folder / "ours.xlsx", f"--where 'id <= {SHEET_ROWS}'")
        yield cases(Formats(postgres=places.postgres, csv=files.clean, workbook=workbook, files=made | dumped), rows)


def cases(formats: Formats, rows: int) -> tuple[Case, ...]:
    sheet_rows = min(rows, SHEET_ROWS)

    def ours(
        name: str,
        file: Path,
        reference: str | None = CSV,
        *,
        gate: float | None = None,
        memory: int = 350,
        of: int = rows,
    ) -> Case:
        return Case(
            name=name,
            engine="postgres",
            command=_preview(file, formats),
            reference=reference,
            gate=gate,
            memory=memory * MB,
            rows=of,
        )

    read = f"{sys.executable} -c '{READ_SHEET}' {formats.workbook}"
    return (
        ours(CSV, formats.csv, reference=None),
        *(ours(name, file, gate=GATES.get(name)) for name, file in formats.files.items()),
        Case(name=PEER, engine="postgres", command=read, rows=sheet_rows),
        ours("xlsx", formats.workbook, PEER, gate=2.0, memory=300, of=sheet_rows),
    )


def _preview(file: Path, formats: Formats) -> str:
    words = f"import {file} --into transactions --mode upsert --dry-run --db {formats.postgres}"
    return f"ENTREPOT_STATE={{out}}/state entrepot {words}"


def _exported(url: str, to: Path, options: str = "") -> Path:
    _run(f"{sys.executable} -m entrepot export transactions --db {url} -o {to} --json {options}")
    return to


def _dumped(url: str, to: Path, options: str) -> Path:
    _run(f"pg_dump -d {url} -t transactions {options} -f {to}")
    return to


def _run(command: str) -> None:
    subprocess.run(command, shell=True, check=True, stdout=subprocess.DEVNULL, env={**os.environ, "PYTHONUTF8": "1"})
