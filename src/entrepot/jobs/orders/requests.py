"""What an order asks for, as a document that any worker turns back into the very request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec

from entrepot.exporting.plan import ExportOptions
from entrepot.jobs.orders.places import Place
from entrepot.model.bundles import BundleRequest
from entrepot.model.cleanup import CleanupRequest
from entrepot.model.errors import DamagedError, InputError
from entrepot.model.plans import ImportRequest
from entrepot.model.records import Document
from entrepot.model.selection import Selection

Request = TypeVar("Request")
EXPORT, PREVIEW, IMPORT, UNDO = "export", "preview", "import", "undo"
CLEANUP, VERIFY = "cleanup", "verify"
OWN_RECORDS = "own records"
"""What jobs are about that ask no database."""


@dataclass(frozen=True, kw_only=True)
class ExportOrder:
    place: Place
    to: str | None
    """An absolute path; None: the files are kept, to be downloaded."""
    selection: Selection
    named: str | None
    options: ExportOptions


@dataclass(frozen=True, kw_only=True)
class GivenFile:
    """A file that was kept when the order was given: whatever becomes of it afterwards."""

    name: str
    artifact: str
    sha256: str
    receipt: str | None = None
    """What was kept of the receipt beside it, which says what it must hold."""
    receipt_name: str = ""


@dataclass(frozen=True, kw_only=True)
class ImportOrder:
    """Of files, or of a plan."""

    place: Place
    files: tuple[GivenFile, ...] = ()
    one: ImportRequest | None = None
    several: BundleRequest | None = None
    alone: bool = True
    """Unless so, the one file comes with a table of the parents that are made of what it says."""
    borrowed: bool = False
    """The files are those of a job that is held, and stay there."""
    plan: str | None = None
    confirm_deletes: int | None = None


@dataclass(frozen=True, kw_only=True)
class CopyOrder:
    place: Place
    source: str
    selection: Selection
    named: str | None
    asked: BundleRequest


@dataclass(frozen=True, kw_only=True)
class UndoOrder:
    place: Place
    job: str
    agreed: str | None


@dataclass(frozen=True, kw_only=True)
class CleanupOrder:
    place: Place
    asked: CleanupRequest


@dataclass(frozen=True, kw_only=True)
class VerifyOrder:
    place: Place
    job: str


def is_copy(document: Document) -> bool:
    """What comes of it is an import; so it has that kind, too."""
    return "source" in document


def written(request: object) -> dict[str, Any]:
    return msgspec.to_builtins(request)


def read_back(kind: type[Request], document: Document) -> Request:
    try:
        return msgspec.convert(document, kind)
    except msgspec.ValidationError as error:
        raise DamagedError(
            "order_unreadable",
            f"What the job was asked to do cannot be read: {error}.",
            remedy="It was submitted by another version of Entrepot: submit it again.",
        ) from error


def must_be_open(options: ExportOptions) -> None:
    """A passphrase would lie in our records for as long as the job is remembered."""
    if options.passphrase is not None:
        raise InputError(
            "secret_in_job",
            "A job keeps what it was asked for, and a passphrase must not be kept.",
            remedy="Encrypt to age keys (--encrypt, --recipient), or export without a job.",
        )
