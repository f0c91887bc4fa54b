"""What Entrepot remembers of its own work: jobs, drafts, plans, mappings, artifacts and journals, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

Document = Mapping[str, Any]
"""What JSON can say; its shape belongs to whoever wrote it."""


class Status(StrEnum):
    PENDING = "pending"
    VALIDATING = "validating"
    READY = "ready"
    PROCESSING = "processing"
    COMPLETED = "completed"
    PARTIAL = "partial"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def final(self) -> bool:
        return self in FINAL


FINAL = frozenset({Status.COMPLETED, Status.PARTIAL, Status.FAILED, Status.CANCELLED})


@dataclass(frozen=True, kw_only=True)
class JobRecord:
    """One durable piece of work. `owner` and `epoch` say who may write it: whoever takes it over raises the epoch."""

    id: str
    kind: str
    """`import`, `undo`, …"""
    status: Status
    phase: str
    """The step in plain words."""
    database: str
    entity: str | None
    created_at: datetime
    updated_at: datetime
    finished_at: datetime | None = None
    plan_id: str | None = None
    draft_id: str | None = None
    undoes: str | None = None
    """The job whose changes this one takes back."""
    corrects: str | None = None
    """The import whose failed records this one brings in, corrected."""
    receipt: Document | None = None
    error: Document | None = None
    owner: str
    epoch: int = 0


@dataclass(frozen=True, kw_only=True)
class UnitRecord:
    """One transaction of a job, before it was committed."""

    job: str
    unit: int
    facts: Document
    created_at: datetime


@dataclass(frozen=True, kw_only=True)
class StoredArtifact:
    """A file as the store took it."""

    id: str
    kind: str
    """`draft`, `journal`, `failed_rows`, …"""
    name: str
    """What people call it; never a path."""
    bytes: int
    sha256: str


@dataclass(frozen=True, kw_only=True)
class ArtifactRecord(StoredArtifact):
    """A stored file, whose it is and how long it is kept."""

    media_type: str
    job: str | None
    """The job that it belongs to."""
    created_at: datetime
    expires_at: datetime | None
    """None: until somebody deletes it."""
    tenant: str | None = None
    """Who stored it was bound to that one."""


@dataclass(frozen=True, kw_only=True)
class DraftRecord:
    """An import before it runs: an immutable file, and what was asked and found."""

    id: str
    artifact_id: str
    name: str
    """Of the file, as it was given."""
    bytes: int
    sha256: str
    request: Document
    staged: Document | None
    """What the workbench made of the file."""
    created_at: datetime
    bundle: str | None = None
    """The first draft of the import of several tables that it belongs to; None: it is alone."""
    part: int | None = None
    """Its place among them, from 0."""


@dataclass(frozen=True, kw_only=True)
class PlanRecord:
    """Exactly what an import, an undo or a restore will do."""

    id: str
    draft_id: str
    database: str
    """The identity of the database that it was made for."""
    digest: str
    """Of all decisions."""
    summary: Document
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class MappingRecord:
    """Which column goes where: saved under a name, or remembered of a finished import (no name)."""

    id: str
    database: str
    entity: str
    name: str | None
    columns: str
    """The signature of the file's columns."""
    mapping: Document
    created_at: datetime
    used_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class JournalRecord:
    """What undoes the changes of a job in one entity: where the before-images lie, and the facts about them."""

    job: str
    unit: int = 0
    """Number of the batch."""
    entity: str
    artifact_id: str
    facts: Document
    created_at: datetime
