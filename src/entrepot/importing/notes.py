"""What a transaction is to bring about, written down before it does: a correction or a successor must know."""

from __future__ import annotations

from entrepot.importing.request import Work
from entrepot.model.plans import ImportPlan

COUNTS, FAILED, GIVEN, REMEMBERED = "counts", "failed", "given", "remembered"


def noted(work: Work, plan: ImportPlan, unit: int = 0) -> None:
    if work.run.note is None:
        return
    prepared = work.prepared
    failed = work.bench.failed_records(prepared.fields, prepared.matching) if plan.failed else ""
    remembered = dict(prepared.request.mapping.remembered)
    counts = {str(decision): count for decision, count in plan.counts.items()}
    work.run.note({COUNTS: counts, FAILED: failed, GIVEN: prepared.given, REMEMBERED: remembered}, unit)
