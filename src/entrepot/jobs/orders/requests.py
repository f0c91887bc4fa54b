"""What an order asks for, as a document that any worker turns back into the very request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec

from entrepot.exporting.plan import ExportOptions
from entrepot.jobs.orders.places import Place
from entrepot.model.errors import DamagedError, InputError
from entrepot.model.records import Document
from entrepot.model.selection import Selection

Request = TypeVar("Request")
EXPORT = "export"


@dataclass(frozen=True, kw_only=True)
class ExportOrder:
    place: Place
    to: str | None
    """An absolute path; None: the files are kept, to be downloaded."""
    selection: Selection
    named: str | None
    options: ExportOptions


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
