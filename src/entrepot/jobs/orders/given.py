"""Files that came with an order: kept at once, and laid out again for the worker under the names that they had."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from entrepot.exporting.which_receipt import receipt_for
from entrepot.jobs.orders.requests import GivenFile
from entrepot.ledger.artifacts import GIVEN
from entrepot.model.errors import InputError
from entrepot.model.records import ArtifactRecord
from entrepot.state import State
from entrepot.storage.there import is_file, not_there

MEDIA_TYPE = "application/octet-stream"


def kept(state: State, files: Sequence[Path], lasting: timedelta, taken: list[ArtifactRecord]) -> tuple[GivenFile, ...]:
    """`taken` hears of each, so that none stays if the order comes to nothing."""
    for file in files:
        if not is_file(file):
            raise not_there(file)
    return tuple(_kept(state, file, lasting, taken) for file in files)


def _kept(state: State, file: Path, lasting: timedelta, taken: list[ArtifactRecord]) -> GivenFile:
    found = receipt_for(file)
    taken += [state.store(path, GIVEN, MEDIA_TYPE, name=path.name, lasting=lasting) for path in (file, found) if path]
    if found is None:
        return GivenFile(name=file.name, artifact=taken[-1].id, sha256=taken[-1].sha256)
    record, receipt = taken[-2:]
    return GivenFile(
        name=file.name, artifact=record.id, sha256=record.sha256, receipt=receipt.id, receipt_name=found.name
    )


def laid_out(state: State, files: Sequence[GivenFile], work: Path) -> list[Path]:
    """Each in a folder of its own: two may have one name. And each as it was when it was given."""
    return [_laid_out(state, file, work / f"given-{number}") for number, file in enumerate(files, start=1)]


def _laid_out(state: State, file: GivenFile, folder: Path) -> Path:
    folder.mkdir()
    (folder / file.name).symlink_to(_whole(state, file.name, file.artifact))
    if file.receipt is not None:
        (folder / file.receipt_name).symlink_to(_whole(state, file.receipt_name, file.receipt))
    return folder / file.name


def _whole(state: State, name: str, artifact: str) -> Path:
    try:
        known = state.ledger.artifacts.get(artifact)
    except InputError:
        raise InputError(
            "file_expired",
            f"{name} is no longer kept: it waited too long.",
            remedy="Submit it again; [retention] drafts says how long files wait.",
        ) from None
    return state.artifacts.verify(known).absolute()


def drop(state: State, files: Sequence[GivenFile]) -> None:
    """Its draft is what counts from now on."""
    for artifact in [each for file in files for each in (file.artifact, file.receipt) if each is not None]:
        state.artifacts.delete(artifact)
        state.ledger.artifacts.forget(artifact)


def same(files: Sequence[GivenFile]) -> list[tuple[str, str]]:
    """What makes two orders of files the same: each is kept anew."""
    return [(file.name, file.sha256) for file in files]
