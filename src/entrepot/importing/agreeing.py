"""Whether what would come of an import is what was agreed to, and what came of it."""

from __future__ import annotations

from datetime import UTC

from entrepot.importing.counts import refuse_damaged
from entrepot.importing.lanes import Lane
from entrepot.importing.request import Work
from entrepot.importing.reusing import reusable
from entrepot.importing.thresholds import refuse_too_many
from entrepot.model.errors import ChangedError, InputError
from entrepot.model.plans import ImportPlan, ImportReceipt


def agree(plan: ImportPlan, agreed: str | None) -> None:
    if agreed is not None and plan.digest != agreed:
        raise ChangedError(
            "plan_drifted",
            f"Since the preview, rows of {plan.entity} have changed: now {counted(plan)}. Nothing was written.",
            remedy="Look at the new preview, and apply that.",
        )


def refuse(plan: ImportPlan) -> None:
    refuse_damaged(plan)
    refuse_too_many(plan)
    raise InputError(
        "records_failed",
        f"{plan.failed:,} of {plan.staged.records:,} records cannot be imported, so none was.",
        remedy="Correct them, or import the others: --errors skip.",
        problems=plan.problems,
    )


def counted(plan: ImportPlan) -> str:
    return ", ".join(f"{count:,} {decision}" for decision, count in plan.counts.items() if count) or "nothing"


def receipt_of(work: Work, plan: ImportPlan, lane: Lane, job: str) -> ImportReceipt:
    run, request = work.run, work.prepared.request
    return ImportReceipt(
        job=job,
        tool=run.tool,
        created_at=run.clock.now().astimezone(UTC).isoformat(timespec="seconds"),
        seconds=run.clock.monotonic() - work.started,
        file=plan.file,
        engine=plan.engine,
        database=plan.database,
        snapshot=lane.target.identity,
        entity=plan.entity,
        mode=request.mode,
        on_conflict=request.conflicts,
        records=plan.staged.records,
        counts=plan.counts,
        tenant=request.tenant,
        digest=plan.digest,
        lane=plan.lane,
        failed_rows=plan.failed_rows,
        foreign_keys=tuple(lane.verified(relation) for relation in work.prepared.relations),
        warnings=(*lane.target.warnings, *plan.problems),
        mapping=reusable(work.prepared),
    )
