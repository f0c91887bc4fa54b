"""Plans as the ledger has them."""

from __future__ import annotations

from dataclasses import replace

import msgspec

from entrepot.importing.request import Draft
from entrepot.model.errors import ChangedError
from entrepot.model.plans import ImportPlan
from entrepot.model.records import PlanRecord


def names_of(draft: Draft, plan: PlanRecord | None) -> tuple[str, ...]:
    """What may happen once, whatever job does it."""
    return tuple(name for name in (plan.id if plan else None, draft.once) if name)


def summary_of(record: PlanRecord) -> ImportPlan:
    try:
        return replace(msgspec.convert(record.summary, ImportPlan), plan_id=record.id)
    except msgspec.ValidationError as error:
        raise ChangedError(
            "plan_unreadable",
            f"The plan {record.id} was made by another version of Entrepot: {error}.",
            remedy="Make a new preview and look at it.",
        ) from error
