"""What the audit keeps of a plan or receipt of an import, or of something else that is done with our own records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import singledispatch
from pathlib import Path
from typing import Any

from entrepot.model.bundles import BundlePlan, BundleReceipt
from entrepot.model.cleanup import CleanupReceipt
from entrepot.model.drafts import Decision
from entrepot.model.import_receipts import ImportReceipt
from entrepot.model.mappings import KnownMapping
from entrepot.model.plans import ImportPlan
from entrepot.model.records import JobRecord
from entrepot.model.undo_plans import UndoReceipt

CHANGED = (Decision.CREATED, Decision.UPDATED, Decision.VERSIONED)


@singledispatch
def other_facts(result: object) -> dict[str, Any]:
    """Of anything else: nothing."""
    return {}


@other_facts.register
def _(result: ImportPlan | BundlePlan) -> dict[str, Any]:
    parts = result.parts if isinstance(result, BundlePlan) else (result,)
    records = sum(part.staged.records for part in parts)
    return {"plan": result.plan_id, "records": records, "failed": result.failed, "seconds": result.seconds}


@other_facts.register
def _(result: ImportReceipt | BundleReceipt) -> dict[str, Any]:
    parts = result.parts if isinstance(result, BundleReceipt) else (result,)
    entities = _summed(pair for part in parts for pair in _changed(part))
    return {
        "job": result.job,
        "digest": result.digest,
        "records": result.records,
        "entities": entities,
        "rows": sum(entities.values()),
        "failed": result.counts.get(Decision.FAILED, 0),
        "seconds": result.seconds,
    }


@other_facts.register
def _(result: UndoReceipt) -> dict[str, Any]:
    entities = _summed((part.entity, part.changes) for part in result.parts) or {result.entity: result.changes}
    told = {"job": result.job, "undoes": result.undoes, "entities": entities, "rows": result.changes}
    return {**told, "failed": result.left, "seconds": result.seconds}


@other_facts.register
def _(result: JobRecord) -> dict[str, Any]:
    return {"job": result.id}


@other_facts.register
def _(result: CleanupReceipt) -> dict[str, Any]:
    return {"removed": {each.kind: each.count for each in result.sums}, "bytes": result.bytes}


@other_facts.register
def _(result: KnownMapping) -> dict[str, Any]:
    return {"mapping": result.id, "entities": {result.saved.entity: 0}}


@other_facts.register
def _(result: Path) -> dict[str, Any]:
    return {"file": str(result)}


@other_facts.register
def _(result: tuple) -> dict[str, Any]:  # type: ignore[type-arg]
    """Files."""
    return {"files": [str(path) for path in result if isinstance(path, Path)][:20]}


def _changed(receipt: ImportReceipt) -> Iterator[tuple[str, int]]:
    """Also what a mirror deleted elsewhere."""
    yield receipt.entity, sum(receipt.counts.get(decision, 0) for decision in CHANGED)
    for leaving in receipt.radius.tables if receipt.radius else ():
        yield leaving.entity, leaving.deleted


def _summed(pairs: Iterable[tuple[str, int]]) -> Mapping[str, int]:
    found: dict[str, int] = {}
    for entity, rows in pairs:
        found[entity] = found.get(entity, 0) + rows
    return found
