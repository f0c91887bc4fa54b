"""Jobs as this system tells them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from entrepot.model.orders import JobView, ProgressRecord
from entrepot.model.problems import Problem
from entrepot.model.spoken import Said

SYSTEM = "chenu"
DONE = 100.0


@dataclass(frozen=True, kw_only=True)
class Progress:
    percent: float
    """Of the whole job; it never falls."""
    phase: str
    entity: str
    rows: int
    """Of that entity."""
    total: int | None


@dataclass(frozen=True, kw_only=True)
class Job:
    id: str
    user: str
    status: str
    """As docs/reference/statuses.md has it for `chenu`."""
    phase: str
    progress: float
    """Per cent."""
    error: str | None
    created_at: datetime
    completed_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class ExportJob(Job):
    filename: str | None = None
    """Once it is done."""
    size: int | None = None


@dataclass(frozen=True, kw_only=True)
class ImportJob(Job):
    counts: Mapping[str, int] = field(default_factory=dict)
    """Records by what became of them, once it is done; of one that was only validated, what would."""


@dataclass(frozen=True, kw_only=True)
class Validation:
    is_valid: bool
    """Whether nothing is wrong with any record."""
    errors: tuple[Problem, ...]
    """The first hundred, each with its place."""
    warnings: tuple[Problem, ...]
    counts: Mapping[str, int]
    """What would become of the records."""
    plan_id: str | None = None
    """What `run_import` does."""


def progress_of(record: ProgressRecord) -> Progress:
    facts = record.facts
    return Progress(
        percent=_percent(record),
        phase=facts["phase"],
        entity=facts["entity"],
        rows=facts["rows"],
        total=facts["total"],
    )


def export_job(view: JobView, said: Said) -> ExportJob:
    file = next((each for each in view.artifacts if each.kind == "export"), None)
    return ExportJob(**_job(view, said), filename=file.name if file else None, size=file.bytes if file else None)


def import_job(view: JobView, said: Said) -> ImportJob:
    """One that was looked at, and waits, has the counts of the look; one that failed has none."""
    told = view.job.receipt or (view.look.receipt if view.look and view.job.finished_at is None else None)
    return ImportJob(**_job(view, said), counts=told["counts"] if told else {})


def _job(view: JobView, said: Said) -> dict[str, Any]:
    job, order, progress = view.job, view.order, view.progress
    error = job.error or (view.look.error if view.look and job.finished_at is None else None)
    done = job.finished_at is not None and job.error is None
    return {
        "id": job.id,
        "user": "" if order is None else order.principal["name"],
        "status": said.status,
        "phase": said.phase,
        "progress": DONE if done else 0.0 if progress is None else _percent(progress),
        "error": None if error is None else error["message"],
        "created_at": job.created_at,
        "completed_at": job.finished_at,
    }


def _percent(record: ProgressRecord) -> float:
    """Older versions told none of jobs whose rows nobody had counted."""
    return record.facts.get("percent") or 0.0
