"""Jobs that changed several tables at once."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import msgspec

from acceptance.test_undo import Club
from entrepot.bystanders import SystemClock
from entrepot.importing.journal import JournalWriter
from entrepot.model.bundles import BundleRequest
from entrepot.model.drafts import Mode, OnConflict
from entrepot.model.import_receipts import ImportReceipt
from entrepot.model.journals import Part
from entrepot.model.plans import ImportRequest
from entrepot.model.undo_plans import UndoReceipt
from entrepot.state import open_state

UPSERT = BundleRequest(each=ImportRequest(entity="", mode=Mode.UPSERT, on_conflict=OnConflict.OVERWRITE))


@contextmanager
def ledger_of(folder: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(folder / ".entrepot" / "ledger.db")) as ledger, ledger:
        yield ledger


def as_one(folder: Path, *receipts: ImportReceipt | UndoReceipt) -> str:
    """One job that has the journals of all, as the ledger would know it: of what no single import does."""
    job = receipts[0].job
    with ledger_of(folder) as ledger:
        for receipt in receipts[1:]:
            ledger.execute("UPDATE journals SET job = ? WHERE job = ?", (job, receipt.job))
    return job


def brought_in(club: Club, **files: str) -> str:
    """One import of a file for each entity."""
    paths = [club.folder / f"{entity}.csv" for entity in files]
    for path, text in zip(paths, files.values(), strict=True):
        path.write_text(text, encoding="utf-8")
    return club.entrepot.bring_in(paths, UPSERT).job


def as_left(club: Club, job: str, entity: str, columns: tuple[str, ...], *, key: str = "id") -> None:
    """The journal of the rows that a job created, anew, with what they hold now: references in a circle are filled by a
    second step."""
    rows = club.rows(f"SELECT {', '.join(columns)} FROM {entity} WHERE {key} < 9 ORDER BY {key}")
    lines = "".join(",".join("" if value is None else str(value) for value in row) + "\n" for row in rows)
    with ledger_of(club.folder) as ledger:
        (name,) = ledger.execute("SELECT entity FROM journals WHERE job = ? AND entity LIKE ?", (job, f"%{entity}"))
    writer = JournalWriter(club.folder / "journal", name[0])
    writer.found_by(Part.CREATED, (key,))
    writer.keep(Part.CREATED, columns, "", [lines.encode()])
    with open_state(club.folder / ".entrepot", SystemClock()) as kept:
        stored = kept.store(writer.path, "journal", "application/octet-stream", name="journal", lasting=None)
    facts = msgspec.json.encode(writer.facts).decode()
    with ledger_of(club.folder) as ledger:
        ledger.execute(
            "UPDATE journals SET artifact_id = ?, facts = ? WHERE job = ? AND entity = ?",
            (stored.id, facts, job, name[0]),
        )
