"""Which receipt speaks of a file, and what receipts say once some of their files are replaced."""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import replace
from pathlib import Path

import msgspec

from entrepot.exporting.receipt_file import decode_receipt, encode_receipt, receipt_path
from entrepot.model.errors import DamagedError
from entrepot.model.problems import Place, Problem, Severity
from entrepot.model.receipts import Receipt
from entrepot.storage.finished import Outdated
from entrepot.storage.key_files import LOCKED_KEY
from entrepot.storage.there import is_file

REPLACED = "exported_again"


def receipt_for(path: Path) -> Path | None:
    """Its own, or that of its folder if it names the file; of both the later, because the other is of a file that was
    replaced since."""
    own, folders = receipt_path(path, False), receipt_path(path.parent, True)
    if not is_file(folders) or not names(folders, path.name):
        return own if is_file(own) else None
    return own if is_file(own) and _moment(own) > _moment(folders) else folders


def names(receipt: Path, file: str) -> bool:
    """As one of its files; in a damaged receipt, anywhere."""
    found = read_or_none(receipt)
    if found is None:
        return msgspec.json.encode(file) in receipt.read_bytes()
    return any(named.name == file for named in found.files)


def read_or_none(path: Path) -> Receipt | None:
    """None where there is none, or something else of that name."""
    try:
        return decode_receipt(path.read_bytes())
    except (DamagedError, OSError):
        return None


def outdated_by(home: Path, files: Set[str], *, folder: bool) -> Iterator[Outdated]:
    """The receipts that speak of `files` which are replaced, the latest last: whichever are gone when the process
    dies, none that is left speaks of other contents. A lone file leaves the proof of its neighbours alone."""
    shared = receipt_path(home, True)
    own = [path for path in (receipt_path(home / name, False) for name in files) if is_file(path)]
    spoken = [*own, *([shared] if is_file(shared) and (folder or any(names(shared, f) for f in files)) else [])]
    for path in sorted(spoken, key=_moment):
        yield Outdated(receipt=path, without=_without(path, files) if path == shared and not folder else None)


def _without(receipt: Path, files: Set[str]) -> bytes | None:
    """None where it would speak of nothing."""
    found = read_or_none(receipt)
    if found is None or all(file.name in files or file.media_type == LOCKED_KEY for file in found.files):
        return None
    gone = {file.name for file in found.files if file.name in files}
    entities = tuple(entity for entity in found.entities if not _held_by(entity.member, gone))
    rest = replace(
        found,
        files=tuple(file for file in found.files if file.name not in gone),
        entities=entities,
        totals={"entities": len(entities), "rows": sum(entity.rows for entity in entities)},
        warnings=(*found.warnings, *(_replaced(name) for name in sorted(gone))),
    )
    return encode_receipt(rest)


def _held_by(member: str | None, files: Set[str]) -> bool:
    """A member is called by its plain name, its file with the endings of compression and encryption."""
    return member is not None and any(file == member or file.startswith(f"{member}.") for file in files)


def _replaced(name: str) -> Problem:
    return Problem(
        code=REPLACED,
        message=f"{name} was exported again since, and has a receipt of its own.",
        severity=Severity.INFO,
        place=Place(file=name),
    )


def _moment(receipt: Path) -> str:
    """To the second; what cannot be read is earlier than anything."""
    found = read_or_none(receipt)
    return found.created_at if found else ""
