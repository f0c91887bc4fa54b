"""What a transaction is to bring about, written down before it does: a correction or a successor must know."""

from __future__ import annotations

from entrepot.importing.request import Work
from entrepot.model.plans import ImportPlan

COUNTS, FAILED, GIVEN = "counts", "failed", "given"


def noted(work: Work, plan: ImportPlan, unit: int = 0) -> None:
    if work.run.note is None:
        return
    prepared = work.prepared
    failed = work.bench.failed_records(prepared.fields, prepared.matching) if plan.failed else ""
    work.run.note({COUNTS: dict(plan.counts), FAILED: failed, GIVEN: prepared.given}, unit)
