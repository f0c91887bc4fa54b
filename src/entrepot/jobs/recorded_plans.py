"""Plans as the ledger has them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TypeVar

import msgspec

from entrepot.importing.request import Draft
from entrepot.jobs.resuming import HAPPENED
from entrepot.ledger.jobs import NOBODY
from entrepot.model.bundles import BundlePlan
from entrepot.model.errors import ChangedError
from entrepot.model.plan_states import PlanState
from entrepot.model.plans import ImportPlan
from entrepot.model.records import JobRecord, PlanRecord
from entrepot.state import State

Kind = TypeVar("Kind", ImportPlan, BundlePlan)


def names_of(draft: Draft, plan: PlanRecord | None) -> tuple[str, ...]:
    """What may happen once, whatever job does it."""
    return tuple(name for name in (plan.id if plan else None, draft.once) if name)


def is_bundle(record: PlanRecord) -> bool:
    """Whether it is of several tables."""
    return "parts" in record.summary


def summary_of(record: PlanRecord) -> ImportPlan:
    return replace(_read(record, ImportPlan), plan_id=record.id)


def bundle_of(record: PlanRecord) -> BundlePlan:
    return replace(_read(record, BundlePlan), plan_id=record.id)


def tenant_of(record: PlanRecord) -> str | None:
    """Whose records it was asked for."""
    plan = bundle_of(record).parts[0] if is_bundle(record) else summary_of(record)
    return plan.request.tenant


def _read(record: PlanRecord, kind: type[Kind]) -> Kind:
    try:
        return msgspec.convert(record.summary, kind)
    except msgspec.ValidationError as error:
        raise ChangedError(
            "plan_unreadable",
            f"The plan {record.id} was made by another version of Entrepot: {error}.",
            remedy="Make a new preview and look at it.",
        ) from error


def state_of(record: PlanRecord, state: State, now: datetime) -> PlanState:
    """As the ledger knows it; the database is not asked."""
    jobs = state.ledger.jobs
    begun = [job for job in jobs.of_plan(record.id) if job.status in HAPPENED or _is_begun(job)]
    job = begun[0] if begun else None
    undos = [undo.id for undo in jobs.undone_by(job.id) if undo.status in HAPPENED] if job else []
    return PlanState(
        expires_at=record.expires_at.astimezone(UTC).isoformat(timespec="seconds"),
        expired=record.expires_at <= now,
        job=job.id if job else None,
        done=job is not None and job.status.final,
        at_work=job is not None and not job.status.final and state.is_alive(job.owner),
        undone_by=undos[0] if undos else None,
    )


def _is_begun(job: JobRecord) -> bool:
    """One that was submitted, and that no worker has had yet, is not."""
    return not job.status.final and (job.owner, job.epoch) != (NOBODY, 0)
