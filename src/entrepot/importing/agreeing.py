"""Whether what would come of an import is what was agreed to, and what came of it."""

from __future__ import annotations

from datetime import UTC

from entrepot.importing.counts import refuse_damaged
from entrepot.importing.drifting import beside, drifted, looked_at_again, numbers
from entrepot.importing.lanes import Lane
from entrepot.importing.mirroring.guards import refuse_mirror
from entrepot.importing.request import Work
from entrepot.importing.reusing import reusable
from entrepot.importing.thresholds import refuse_too_many
from entrepot.model.drafts import Mode
from entrepot.model.errors import ChangedError, InputError
from entrepot.model.how_many import how_many
from entrepot.model.import_receipts import ImportReceipt
from entrepot.model.plans import ImportPlan


def agree(plan: ImportPlan, agreed: ImportPlan | None) -> None:
    if agreed is not None and plan.digest != agreed.digest:
        raise ChangedError(
            "plan_drifted",
            f"Since the preview, rows of {plan.entity} or what they refer to have changed, or the settings, and"
            f" something else would come of it: {beside(numbers(agreed), numbers(plan))}. Nothing was written.",
            remedy=f"Look again, and apply the new plan: {looked_at_again(agreed)}",
            problems=drifted(agreed, plan),
        )


def refuse(plan: ImportPlan) -> None:
    refuse_damaged(plan)
    refuse_too_many(plan)
    if not plan.failed:
        refuse_mirror(plan)
    raise InputError(
        "records_failed",
        f"{plan.failed:,} of {how_many(plan.staged.records, 'record')} cannot be imported, so none was.",
        remedy=remedy_for(plan),
        problems=plan.problems,
    )


def remedy_for(plan: ImportPlan) -> str:
    if plan.request.mode is Mode.MIRROR:
        return "Correct them: the rows that they name must not be deleted for what is wrong with them."
    return "Correct them, or import the others: --errors skip."


def receipt_of(work: Work, plan: ImportPlan, lane: Lane, job: str) -> ImportReceipt:
    run, request = work.run, work.prepared.request
    return ImportReceipt(
        job=job,
        tool=run.tool,
        created_at=run.clock.now().astimezone(UTC).isoformat(timespec="seconds"),
        seconds=run.clock.monotonic() - work.started,
        file=plan.file,
        table=request.reading.entity,
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
        radius=plan.radius,
        lane=plan.lane,
        failed_rows=plan.failed_rows,
        shares=plan.shares,
        foreign_keys=tuple(lane.verified(relation) for relation in work.prepared.relations),
        files=plan.files,
        warnings=(*lane.target.warnings, *plan.problems),
        mapping=reusable(work.prepared),
    )
