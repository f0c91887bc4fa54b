"""What is to be done again and again, and what became of each time that it was due."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from entrepot.model.orders import DEFAULT_QUEUE
from entrepot.model.records import Document, JobRecord


class Missed(StrEnum):
    """What becomes of times that nobody was there for."""

    SKIP = "skip"
    ONCE = "once"
    """One run for all of them."""
    ALL = "all"
    """A run each, one after another, for the latest `most`."""


class Overlap(StrEnum):
    """What becomes of a time at which the last run is not over."""

    SKIP = "skip"
    QUEUE = "queue"
    """It runs when that one is over."""


class Outcome(StrEnum):
    """What became of a due time."""

    SUBMITTED = "submitted"
    WAITING = "waiting"
    """For the run before it."""
    OVERLAPPED = "overlapped"
    """The run before it was not over."""
    MISSED = "missed"
    """Nobody was there, or another time stands for it."""
    OVER = "over"
    """Its job is."""
    REMOVING = "removing"
    """Its output is about to go."""
    REMOVED = "removed"


@dataclass(frozen=True, kw_only=True)
class Schedule:
    name: str
    kind: str
    """Of its jobs: `export`."""
    cron: str
    """As people wrote it: five fields, or `daily at 02:00`."""
    zone: str = "UTC"
    database: str
    """What its jobs are about, as they say it."""
    request: Document
    """What is asked for at every due time."""
    to: str | None = None
    """The folder that each run makes its own folder in; None: outputs are stored by Entrepot."""
    keep: Mapping[str, object] = field(default_factory=dict)
    """How many outputs stay: `{"daily": 7, "within": "90d", "size": "10 GB"}`; empty: all of them."""
    missed: Missed = Missed.ONCE
    overlap: Overlap = Overlap.SKIP
    most: int = 10
    """So many missed times run, and so many wait, at most."""
    paused: bool = False
    queue: str = DEFAULT_QUEUE
    principal: Document
    """In whose name it runs: name, role and tenant."""
    tenant: str | None = None


@dataclass(frozen=True, kw_only=True)
class ScheduleRecord:
    """One that is in force."""

    id: str
    schedule: Schedule
    created_at: datetime
    since: datetime
    """Times before it do not count: it was added, changed or resumed then."""
    configured: bool = False
    """It stands in the settings, where alone it can be changed."""


@dataclass(frozen=True, kw_only=True)
class Noted:
    """What is remembered of one that stands in the settings."""

    facts: Mapping[str, Any]
    """When it is due."""
    paused: bool
    created_at: datetime
    since: datetime


@dataclass(frozen=True, kw_only=True)
class Occurrence:
    """One due time of a schedule, or one run that somebody asked for."""

    schedule: str
    due: datetime
    outcome: Outcome
    job: str | None
    created_at: datetime


@dataclass(frozen=True, kw_only=True)
class Run:
    """An occurrence with its job, as far as there is one."""

    occurrence: Occurrence
    job: JobRecord | None


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How far a schedule is."""

    record: ScheduleRecord
    last: datetime | None
    """The last due time that was seen."""
    waiting: bool
    """A time waits for the run before it."""
    unsettled: bool
    """A run is over, or its output is about to go."""
