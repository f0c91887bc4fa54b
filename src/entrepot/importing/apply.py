"""The import itself: the same decisions again inside one write transaction, and then the changes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC
from pathlib import Path

from entrepot.importing.counts import refuse_damaged
from entrepot.importing.failed_rows import with_errors
from entrepot.importing.isolating import CODE as REFUSED
from entrepot.importing.isolating import changed
from entrepot.importing.journal import JournalWriter
from entrepot.importing.lanes import MAPPED, RAW, Lane, lane_of, named
from entrepot.importing.look import planned
from entrepot.importing.match import match
from entrepot.importing.notes import noted
from entrepot.importing.prepare import working
from entrepot.importing.proof import prove
from entrepot.importing.raw import Raw, loaded, raw_import
from entrepot.importing.request import Draft, Run, Work
from entrepot.importing.reusing import reusable
from entrepot.importing.tenancy import discreet
from entrepot.importing.thresholds import refuse_too_many
from entrepot.model.changes import Mark, Target
from entrepot.model.drafts import Errors
from entrepot.model.errors import ChangedError, InputError
from entrepot.model.journals import JournalFacts
from entrepot.model.plans import ImportPlan, ImportReceipt, ImportRequest
from entrepot.model.stretches import OddError

Keep = Callable[[Path, JournalFacts], object]
"""Stores a journal; when it returns, the journal is safe, and the changes may be."""


def apply(
    draft: Draft,
    request: ImportRequest,
    run: Run,
    *,
    job: str,
    keep: Keep,
    agreed: str | None = None,
    once: tuple[str, ...] = (),
) -> ImportReceipt:
    """All of it or nothing. `agreed` is the digest of the plan that somebody saw: if the rows have changed so that
    something else would come of it, nothing happens. A name of `once` marks one transaction only, whatever its job."""
    with run.bench() as bench:
        job_of = _Job(job=job, once=once, keep=keep, agreed=agreed)
        raw = raw_import(draft, request, run, bench)
        receipt = _as_it_stands(raw, job_of) if raw else None
        return receipt or _the_long_way(working(draft, request, run, bench), job_of)


@dataclass(frozen=True, kw_only=True)
class _Job:
    job: str
    once: tuple[str, ...]
    keep: Keep
    agreed: str | None

    def mark(self, target: Target) -> None:
        for name in (self.job, *self.once):
            target.mark(Mark(job=name))


def _as_it_stands(raw: Raw, wanted: _Job) -> ImportReceipt | None:
    """None, and nothing happened, where something is odd."""
    try:
        with lane_of(raw.work) as lane:
            wanted.mark(lane.target)
            journal = JournalWriter(raw.work.run.work / "journal of bytes", raw.work.prepared.entity.name)
            work, decided = loaded(raw, lane.target, journal)
            plan = replace(planned(work, decided), lane=named(RAW, exclusive=lane.exclusive))
            _agree(plan, wanted.agreed)
            noted(work, plan)
            _commit(work, lane, journal, wanted)
    except OddError:
        return None
    except InputError as error:
        if error.code != REFUSED or raw.work.prepared.request.errors is not Errors.SKIP:
            raise
        return None
    return _receipt(work, plan, lane, wanted.job)


def _the_long_way(work: Work, wanted: _Job) -> ImportReceipt:
    with lane_of(work) as lane:
        target = lane.target
        wanted.mark(target)
        decided = match(work, target)
        plan = replace(planned(work, decided), lane=named(MAPPED, exclusive=lane.exclusive))
        _agree(plan, wanted.agreed)
        if plan.blocked:
            noted(work, plan)
            _refuse(with_errors(work, plan, decided))
        with discreet(plan.request):
            done = changed(work, decided, plan, target)
            noted(done.work, done.plan)
            plan = with_errors(done.work, done.plan, done.decided)
            proofs = prove(done.work, plan, target, done.journal) if plan.request.prove else ()
            _commit(work, lane, done.journal, wanted)
    return replace(_receipt(work, plan, lane, wanted.job), proofs=proofs)


def _commit(work: Work, lane: Lane, journal: JournalWriter, wanted: _Job) -> None:
    wanted.keep(journal.path, journal.facts)
    work.run.reporter.phase("Committing")
    lane.target.commit()


def _agree(plan: ImportPlan, agreed: str | None) -> None:
    if agreed is not None and plan.digest != agreed:
        raise ChangedError(
            "plan_drifted",
            f"Since the preview, rows of {plan.entity} have changed: now {counted(plan)}. Nothing was written.",
            remedy="Look at the new preview, and apply that.",
        )


def _refuse(plan: ImportPlan) -> None:
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


def _receipt(work: Work, plan: ImportPlan, lane: Lane, job: str) -> ImportReceipt:
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
