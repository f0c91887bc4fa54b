"""What somebody is told of a job, and what became of telling it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from entrepot.model.records import Document


class Event(StrEnum):
    COMPLETED = "completed"
    PARTIAL = "partial"
    FAILED = "failed"
    CANCELLED = "cancelled"
    OVERDUE = "overdue"


FIELDS = ("job", "kind", "event", "database", "entity", "rows", "failed", "error", "seconds", "link")
"""What templates may name in braces."""


class Delivered(StrEnum):
    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"
    """Nobody tries any more."""
    KNOWN = "known"
    """No message: since when a target is known."""


@dataclass(frozen=True, kw_only=True)
class Letter:
    """What is sent."""

    id: str
    title: str
    text: str
    facts: Document


class Way(Protocol):
    """How a letter reaches somebody."""

    def send(self, letter: Letter, at: datetime) -> None:
        """Raises EntrepotError if it does not get there, within a bounded time."""
        ...


@dataclass(frozen=True, kw_only=True)
class Target:
    """Somebody who is told."""

    name: str
    events: frozenset[str]
    overdue: timedelta | None
    title: str
    text: str
    link: str
    way: Way


@dataclass(frozen=True, kw_only=True)
class DeliveryRecord:
    id: str
    job: str | None
    target: str
    event: str
    message: Document
    status: str
    attempts: int
    not_before: datetime | None
    error: str | None
    created_at: datetime
    done_at: datetime | None = None
