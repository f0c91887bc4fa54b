"""The baseline of a workbook: what its cells were when it was exported, as digests, so that it can be given back.

It names the database and, for every entity, the key and the fields that it knows; docs/decisions/0016-baselines.md says
how it stands in the workbook. Whoever has no key of this installation can neither make one nor learn a value from it.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

import msgspec

from entrepot.model.types import Kind

SHEET = "entrepot baseline"
VERSION = 1
KEY_DIGITS, CELL_DIGITS = 16, 12
"""Hexadecimal digits: of a row's key, and of a cell."""
LONGEST_PIECE = 30_000
"""Characters of a cell of that sheet."""
MOST_COLUMNS = 300
"""Of one entity, besides its key."""
MOMENTS = (Kind.TIMESTAMP, Kind.TIMESTAMP_TZ)
"""Cells keep no microseconds of them, so no row is found by one."""
HEAD, PART, DATA, SIGNATURE = "m", "p", "d", "s"
"""What the first letter of such a cell says of the rest: some of the head, the number of the part that begins, digests
of whole rows, the signature of all that came before."""


class BaselineUse(StrEnum):
    """What an import makes of the baseline of its workbook."""

    AUTO = "auto"
    """Use it if it is good; say so if it is not."""
    IGNORE = "ignore"
    REQUIRE = "require"
    """Refuse a workbook without a good one."""


@dataclass(frozen=True, kw_only=True)
class BaselineColumn:
    field: str
    kind: Kind
    """Of the value as it went out."""


@dataclass(frozen=True, kw_only=True)
class BaselinePart:
    """One entity."""

    entity: str
    key: tuple[BaselineColumn, ...]
    columns: tuple[BaselineColumn, ...]
    """All others of its own, in the order of their digests."""

    @property
    def width(self) -> int:
        return width_of(len(self.columns))


@dataclass(frozen=True, kw_only=True)
class BaselineSheet:
    """One that holds rows: spreadsheet programs lose what else says so."""

    name: str
    member: str
    """The first sheet of the same entity."""
    zoned: tuple[str, ...] = ()
    """Columns whose moments are in UTC."""


@dataclass(frozen=True, kw_only=True)
class BaselineHead:
    version: int = VERSION
    engine: str
    database: str
    created_at: str
    nonce: str
    """Makes the digests of each workbook its own."""
    sheets: tuple[BaselineSheet, ...]
    parts: tuple[BaselinePart, ...]

    def encoded(self) -> bytes:
        return msgspec.json.encode(self)


@dataclass(frozen=True, kw_only=True)
class FoundBaseline:
    """As it stands in a workbook; whether it is ours, its signature says."""

    head: bytes = b""
    digest: str = ""
    """Of all data."""
    signature: str = ""
    broken: str = ""
    """Why it cannot be read, in words."""


@dataclass(frozen=True, kw_only=True)
class Covered:
    """A column of the file whose cells the baseline knows."""

    column: int
    field: int
    """The number of the target field that it alone goes to."""
    place: int
    """Of its digest."""
    kind: Kind


@dataclass(frozen=True, kw_only=True)
class Comparing:
    """A workbook and the part of its baseline that is about its records."""

    salt: str
    width: int
    key: tuple[Covered, ...]
    cells: tuple[Covered, ...]
    ours: bool = False
    """Where others changed the same cell, the workbook's value is taken."""


@dataclass(frozen=True, kw_only=True)
class Compared:
    """The workbook beside its baseline."""

    rows: int
    """Of the export."""
    missing: int
    """So many of them are not in the workbook."""
    edited: int
    """Cells that somebody changed."""
    unknown: int = 0
    """Records of the workbook of which nobody can say which of several rows they are: all of their cells count."""


def width_of(columns: int) -> int:
    """Characters of a row."""
    return KEY_DIGITS + CELL_DIGITS * columns


def signature(secret: bytes, head: bytes, data: str) -> str:
    """`data` is the digest of what follows the head."""
    return hmac.new(secret, b"\n".join((b"entrepot baseline", head, data.encode())), sha256).hexdigest()


def is_signed(secret: bytes, found: FoundBaseline) -> bool:
    expected = signature(secret, found.head, found.digest)
    return hmac.compare_digest(expected.encode(), found.signature.encode())


def salt(secret: bytes, nonce: str) -> str:
    """What the digests of one workbook are made with; from a digest alone nobody can guess a value."""
    return hmac.new(secret, b"entrepot salt\n" + nonce.encode(), sha256).hexdigest()[:32]


def part_of(head: BaselineHead, entity: str) -> tuple[int, BaselinePart] | None:
    """With its number."""
    return next(((at, part) for at, part in enumerate(head.parts) if part.entity == entity), None)
