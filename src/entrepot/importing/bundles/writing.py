"""What an import of several tables writes: one table after the other, parents first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from entrepot.importing.bundles.deciding import Settled, again, bring
from entrepot.importing.isolating import Changed, changed
from entrepot.importing.look import planned
from entrepot.importing.thresholds import refuse_too_many
from entrepot.model.bundles import BundlePlan
from entrepot.model.changes import Target
from entrepot.model.plans import ImportPlan


def write(settled: Sequence[Settled], plan: BundlePlan, target: Target) -> list[Changed]:
    """Where the database refuses records that may be skipped, those that refer to them are skipped as well."""
    done: list[Changed] = []
    fewer: set[str] = set()
    for one, part in zip(settled, plan.parts, strict=True):
        now, as_it_is = _again(one, part) if one.member.parents & fewer else (one, part)
        written = changed(now.member.work, now.decided, as_it_is, target)
        if written.decided is not now.decided:
            bring(replace(now.member, work=written.work))
        if written.plan.failed != part.failed:
            fewer.add(now.member.entity.name)
        done.append(written)
    return done


def _again(settled: Settled, part: ImportPlan) -> tuple[Settled, ImportPlan]:
    """Records that these refer to failed after all; what was agreed to is still the same."""
    member = settled.member
    decided = again(member)
    plan = replace(planned(member.work, decided), digest=part.digest)
    refuse_too_many(plan)
    return replace(settled, decided=decided), plan
