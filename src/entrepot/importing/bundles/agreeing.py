"""Whether what would come of several tables is what was agreed to, and what keeps them out."""

from __future__ import annotations

from collections.abc import Sequence

from entrepot.importing.agreeing import refuse as refuse_one
from entrepot.importing.agreeing import remedy_for
from entrepot.importing.drifting import beside, drifted, numbers
from entrepot.importing.mirroring.guards import refuse_mirror
from entrepot.model.brief import listed
from entrepot.model.bundles import BundlePlan, table_title
from entrepot.model.errors import ChangedError, InputError
from entrepot.model.how_many import how_many
from entrepot.model.plans import ImportPlan


def agree(plan: BundlePlan, agreed: BundlePlan | None) -> None:
    if agreed is None or plan.digest == agreed.digest:
        return
    pairs = [(old, new) for old, new in _pairs(agreed, plan) if old.digest != new.digest]
    words = "; ".join(f"{new.entity}: {beside(numbers(old), numbers(new))}" for old, new in pairs)
    raise ChangedError(
        "plan_drifted",
        f"Since the preview, rows of the tables or what they refer to have changed, or the settings, and something"
        f" else would come of it: {words or 'the tables would be written in another order'}. Nothing was written.",
        remedy="Look again (import the same files anew), and apply the new plan.",
        problems=tuple(problem for old, new in pairs for problem in drifted(old, new)),
    )


def _pairs(agreed: BundlePlan, plan: BundlePlan) -> list[tuple[ImportPlan, ImportPlan]]:
    then = {part.entity: part for part in agreed.parts}
    return [(then[part.entity], part) for part in plan.parts if part.entity in then]


def refuse(parts: Sequence[ImportPlan]) -> None:
    blamed = [part for part in parts if part.blocked]
    for part in (part for part in blamed if part.damages or part.over_threshold):
        refuse_one(part)
    for part in blamed if not any(part.failed for part in blamed) else ():
        refuse_mirror(part)
    failed = [f"{title_of(part)}: {part.failed:,} of {how_many(part.staged.records, 'record')}" for part in blamed]
    raise InputError(
        "records_failed",
        f"Some records cannot be imported, so none was, of any table ({listed(failed)}).",
        remedy=remedy_for(blamed[0]),
        problems=tuple(problem for part in blamed for problem in part.problems),
    )


def title_of(part: ImportPlan) -> str:
    return table_title(part.file.name, part.request.reading.entity)
