"""Receipts: what happened, and proof."""

from __future__ import annotations

from dataclasses import dataclass, field

from entrepot.model.problems import Problem
from entrepot.model.types import LogicalType


@dataclass(frozen=True, kw_only=True)
class Fingerprint:
    """Order-free content hash of an entity's rows: their count, and the sum of row hashes mod 2^128 in hex."""

    rows: int
    digest: str

    def __str__(self) -> str:
        return f"{self.digest}:{self.rows}"


@dataclass(frozen=True, kw_only=True)
class ColumnReceipt:
    name: str
    field: str
    type: LogicalType
    transforms: tuple[str, ...] = ()
    lossless: bool = True


@dataclass(frozen=True, kw_only=True)
class EntityReceipt:
    entity: str
    title: str
    rows: int
    lane: str
    """`forwarded` (the database's own bytes), `rendered` (in the database), `staged` (through the workbench)."""
    columns: tuple[ColumnReceipt, ...]
    fingerprint: Fingerprint | None = None
    member: str | None = None
    """The file or member that holds it."""


@dataclass(frozen=True, kw_only=True)
class FileReceipt:
    name: str
    bytes: int
    sha256: str
    media_type: str


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """Printed, and stored beside the export as `<name>.receipt.json`."""

    tool: str
    format: str
    format_options: dict[str, object]
    created_at: str
    seconds: float
    engine: str
    database: str
    snapshot: str
    selection: dict[str, object]
    entities: tuple[EntityReceipt, ...]
    files: tuple[FileReceipt, ...]
    compression: str | None = None
    encrypted: bool = False
    warnings: tuple[Problem, ...] = ()
    lossy: tuple[str, ...] = ()
    totals: dict[str, int] = field(default_factory=dict)
