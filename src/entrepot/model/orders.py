"""What somebody asked a worker to do, and how far it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from entrepot.model.records import ArtifactRecord, Document, JobRecord, Status

DEFAULT_QUEUE = "default"
KINDS = ("export", "preview", "import", "undo", "cleanup", "verify")
"""Of jobs that workers do; a copy is an import."""
HELD = ""
"""Instead of a queue: it waits until somebody has it started."""


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What is asked for, before it has a job."""

    kind: str
    """`export`, `import`, `undo`, …"""
    request: Document
    database: str
    """The identity of the database that it is about."""
    entity: str | None = None
    plan_id: str | None = None
    draft_id: str | None = None
    undoes: str | None = None
    """What it needs is kept as long as it waits, too."""
    principal: Document
    """Who asks: name, role and tenant."""
    tenant: str | None = None
    queue: str = DEFAULT_QUEUE
    priority: int = 0
    """The lower, the sooner."""
    key: str | None = None
    """What makes asking twice asking once; it belongs to whoever asks."""
    same: Document | None = None
    """What must be the same for the same key; None: all of the request."""
    time_limit: int | None = None
    """In seconds."""
    not_before: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class OrderRecord:
    job: str
    request: Document
    principal: Document
    tenant: str | None
    queue: str
    priority: int
    submission: str | None
    """The key of whoever asked, with who that was."""
    body: str
    """SHA-256 of what was asked."""
    time_limit: int | None
    attempts: int = 0
    deaths: int = 0
    """How many workers died of it, or with it."""
    not_before: datetime | None = None
    cancel_asked_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class DueOrder:
    """What a worker must know of an order to choose it."""

    job: JobRecord
    attempts: int
    deaths: int
    tenant: str | None


@dataclass(frozen=True, kw_only=True)
class Said:
    """What a job has to tell."""

    events: Sequence[tuple[str, Document]] = ()
    """What has happened since it told last: kinds and facts."""
    progress: Document | None = None
    """How far it is; None: no further than it was then."""


NOTHING = Said()


class Finishing(Protocol):
    """Puts the end of a job on record."""

    def __call__(
        self, job: JobRecord, status: Status, /, *, receipt: Document | None = None, error: Document | None = None
    ) -> JobRecord: ...


@dataclass(frozen=True, kw_only=True)
class News:
    """What whoever works on jobs must hear of them."""

    cancelled: frozenset[str]
    """Somebody asked to stop."""
    lost: frozenset[str]
    """Somebody else has them by now."""


@dataclass(frozen=True, kw_only=True)
class EventRecord:
    """Something that happened to a job; `number` counts from 1."""

    job: str
    number: int
    at: datetime
    kind: str
    facts: Document


@dataclass(frozen=True, kw_only=True)
class ProgressRecord:
    job: str
    epoch: int
    facts: Document
    updated_at: datetime


class WhyWaiting(StrEnum):
    HELD = "held"
    """Nobody has had it started yet."""
    PUT_OFF = "put_off"
    """It is tried again then."""
    NOBODY = "nobody"
    """No worker is there."""
    LIMIT = "limit"
    """As many are at work as may be."""
    OTHERS = "others"
    """Sooner ones wait, too."""
    NEXT = "next"


@dataclass(frozen=True, kw_only=True)
class Waiting:
    why: WhyWaiting
    words: str
    until: datetime | None = None
    """None: nobody knows."""


@dataclass(frozen=True, kw_only=True)
class JobView:
    """A job as people look at it."""

    job: JobRecord
    order: OrderRecord | None
    """None: nobody submitted it, it was done at once."""
    progress: ProgressRecord | None = None
    artifacts: tuple[ArtifactRecord, ...] = ()
    waiting: Waiting | None = None
    """Why no worker has it yet."""
    look: JobRecord | None = None
    """The last look at it, of an import that was held."""
    journal_removed_at: datetime | None = None
    """Since then nothing of it can be taken back."""
