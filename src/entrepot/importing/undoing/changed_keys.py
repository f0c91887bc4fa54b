"""The rows that a job changed, by their keys, as a file."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from entrepot.importing.request import Run
from entrepot.importing.undoing.journaled import Journaled, loaded
from entrepot.model.journals import Part
from entrepot.model.undoing import BackPart
from entrepot.storage.faults import storing

CHANGE = "change"
TABLES = {Part.UPDATED: "journal_before"}
"""Where the keys of a part are, and of nothing else."""


def write_changes(journaled: Journaled, run: Run, path: Path) -> None:
    """CSV with a header: what was done, and every field of a key."""
    run.reporter.phase(f"Reading the journal of {journaled.job.id}")
    with run.bench() as bench, storing(path), path.open("wb") as file:
        _, parts = loaded(journaled.journals, run.catalog, bench)
        names = list(dict.fromkeys(part.columns[at] for part in parts for at in part.key))
        file.write(_header([CHANGE, *names]))
        for part in parts:
            table = TABLES.get(part.part, f"journal_{part.part}")
            for block in bench.give(table, _columns(part, names), label=part.part):
                run.cancel.check()
                file.write(block)


def _columns(part: BackPart, names: Sequence[str]) -> list[str]:
    """Rows may have been created with one key and found by another."""
    mine = {part.columns[at]: f"c{at}" for at in part.key}
    return [mine.get(name, "") for name in names]


def _header(names: Sequence[str]) -> bytes:
    line = io.StringIO(newline="")
    csv.writer(line, lineterminator="\n").writerow(names)
    return line.getvalue().encode()
