"""The import itself: the same decisions again inside one write transaction, and then the changes."""

from __future__ import annotations

from datetime import UTC

from entrepot.importing.look import planned
from entrepot.importing.match import match
from entrepot.importing.prepare import working
from entrepot.importing.request import Draft, Run, Work
from entrepot.model.catalog import Relation
from entrepot.model.changes import Mark, Target
from entrepot.model.drafts import Decision, What
from entrepot.model.errors import BugError, ChangedError, InputError
from entrepot.model.plans import ImportPlan, ImportReceipt, ImportRequest


def apply(draft: Draft, request: ImportRequest, run: Run, *, job: str, agreed: str | None = None) -> ImportReceipt:
    """All of it or nothing. `agreed` is the digest of the plan that somebody saw: if the rows have changed so that
    something else would come of it, nothing happens."""
    with working(draft, request, run) as work:
        with run.engine.change(run.catalog, work.entities, run.work, write=True) as target:
            target.mark(Mark(job=job))
            plan = planned(work, match(work, target))
            _agree(plan, agreed)
            _change(work, plan, target)
            run.reporter.phase("Committing")
            target.commit()
        return _receipt(work, plan, target, job)


def _agree(plan: ImportPlan, agreed: str | None) -> None:
    if agreed is not None and plan.digest != agreed:
        raise ChangedError(
            "plan_drifted",
            f"Since the preview, rows of {plan.entity} have changed: now {counted(plan)}. Nothing was written.",
            remedy="Look at the new preview, and apply that.",
        )
    if plan.blocked:
        raise InputError(
            "records_failed",
            f"{plan.failed:,} of {plan.staged.records:,} records cannot be imported, so none was.",
            remedy="Correct them, or import the others: --errors skip.",
            problems=plan.problems,
        )


def counted(plan: ImportPlan) -> str:
    return ", ".join(f"{count:,} {decision}" for decision, count in plan.counts.items() if count) or "nothing"


def _change(work: Work, plan: ImportPlan, target: Target) -> None:
    entity, updated, created = work.prepared.entity, plan.counts[Decision.UPDATED], plan.counts[Decision.CREATED]
    work.run.reporter.begin(entity.title, updated + created)
    if updated:
        rows = work.emit(What.UPDATED, target)
        _same(target.update(entity, plan.key, plan.compared, rows), updated, "updated")
    if created:
        rows = work.emit(What.CREATED, target)
        _same(target.insert(entity, plan.fields, rows), created, "created")
        target.settle_counters(entity)


def _same(found: int, planned: int, what: str) -> None:
    """Nothing was committed yet."""
    if found != planned:
        raise BugError(
            "rows_lost",
            f"{planned:,} rows were to be {what}, and the database says {found:,}. Nothing was written.",
            remedy="Please report it, with the table's definition and triggers.",
        )


def _receipt(work: Work, plan: ImportPlan, target: Target, job: str) -> ImportReceipt:
    run, request = work.run, work.prepared.request
    return ImportReceipt(
        job=job,
        tool=run.tool,
        created_at=run.clock.now().astimezone(UTC).isoformat(timespec="seconds"),
        seconds=run.clock.monotonic() - work.started,
        file=plan.file,
        engine=plan.engine,
        database=plan.database,
        snapshot=target.identity,
        entity=plan.entity,
        mode=request.mode,
        on_conflict=request.conflicts,
        records=plan.staged.records,
        counts=plan.counts,
        digest=plan.digest,
        lane=plan.lane,
        foreign_keys=tuple(verified(relation) for relation in work.prepared.relations),
        warnings=(*target.warnings, *plan.problems),
    )


def verified(relation: Relation) -> str:
    by = "before the load" if relation.declared else "before the load, and by the database"
    return f"{', '.join(relation.fields)} → {relation.parent}: every value was found, {by}"
