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

CHANGE, ENTITY = "change", "entity"


def write_changes(journaled: Journaled, run: Run, path: Path) -> None:
    """CSV with a header: what was done, of several entities to which one, and every field of a key."""
    run.reporter.phase(f"Reading the journal of {journaled.job.id}")
    with run.bench() as bench, storing(path), path.open("wb") as file:
        found = loaded(journaled.journals, run.catalog, bench)
        several = len(found.entities) > 1
        names = list(dict.fromkeys(part.columns[at] for part in found.parts for at in part.key))
        file.write(_header([CHANGE, *([ENTITY] if several else []), *names]))
        for part in found.parts:
            table = part.table("before" if part.part is Part.UPDATED else "journal")
            labels = (part.part, *([run.catalog.entity(part.entity).title] if several else []))
            for block in bench.give(table, _columns(part, names), labels=labels):
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
