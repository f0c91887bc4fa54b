"""Exports that jobs make: what becomes of their files, and of those that an attempt has left whose process died."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from hashlib import file_digest
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from entrepot.exporting.which_receipt import read_or_none
from entrepot.jobs.orders.giving import FILE, RECEIPT
from entrepot.model.receipts import FileReceipt, Receipt
from entrepot.model.records import Document, JobRecord, StoredArtifact
from entrepot.state import State
from entrepot.storage.parts import sweep, take_away

if TYPE_CHECKING:
    from entrepot.exporting.publish import ExportOutcome

PATH, RECEIPT_PATH, ROOM = "path", "receipt_path", "room"


def as_written(path: Path | None, receipt_path: Path | None, receipt: Receipt) -> dict[str, Any]:
    """What a job has to show for it; without paths where its files are kept."""
    places = {PATH: path and str(path), RECEIPT_PATH: receipt_path and str(receipt_path)}
    return {**places, "receipt": msgspec.to_builtins(receipt)}


def fence(promise: Document) -> None:
    """Before anybody looks what was done of it: from now on, whoever promised it does nothing of it any more, even if
    he was only paused."""
    if ROOM in promise:
        take_away(Path(promise[ROOM]))


def stands(promise: Document) -> bool:
    """Whether what was promised is there: its receipt comes last. Then only the names that it had before are left."""
    path = Path(promise[RECEIPT_PATH])
    if read_or_none(path) != _receipt(promise):
        return False
    sweep(path.parent)
    return True


def take_back(promise: Document) -> None:
    """Files that got their names before the process died, without the receipt that would say so. Only what is just
    what was promised: anything else of that name is somebody's."""
    path = Path(promise[PATH])
    for file in _receipt(promise).files:
        found = path if path.name == file.name and not path.is_dir() else path / file.name
        with suppress(OSError):
            if _is(found, file):
                found.unlink()


def keep(state: State, job: JobRecord, outcome: ExportOutcome, lasting: timedelta) -> None:
    """For as long as it may be downloaded: all of it, or nothing."""
    taken: list[tuple[StoredArtifact, str]] = []
    try:
        for kind, file in _files(outcome):
            home = outcome.receipt_path.parent
            taken.append((state.artifacts.adopt(home / file.name, kind, file), file.media_type))
    except BaseException:
        state.drop(taken)
        raise
    state.record_all(taken, lasting=lasting, job=job)


def _files(outcome: ExportOutcome) -> Iterator[tuple[str, FileReceipt]]:
    for file in outcome.receipt.files:
        yield FILE, file
    path = outcome.receipt_path
    with path.open("rb") as content:
        digest = file_digest(content, "sha256").hexdigest()
    yield RECEIPT, FileReceipt(name=path.name, bytes=path.stat().st_size, sha256=digest, media_type="application/json")


def drop_kept(state: State, job: JobRecord) -> None:
    """What an attempt has kept whose process died."""
    for kind in (FILE, RECEIPT):
        for artifact in state.ledger.artifacts.of_job(job.id, kind):
            state.artifacts.delete(artifact.id)
            state.ledger.artifacts.forget(artifact.id)


def _receipt(promise: Document) -> Receipt:
    return msgspec.convert(promise["receipt"], Receipt)


def _is(path: Path, wanted: FileReceipt) -> bool:
    if path.is_symlink() or path.stat().st_size != wanted.bytes:
        return False
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest() == wanted.sha256
