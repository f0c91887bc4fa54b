"""How many rows an import will move, for whoever watches it."""

from __future__ import annotations

from collections.abc import Iterable

from entrepot.importing.request import Run
from entrepot.model.drafts import Decision
from entrepot.model.plans import ImportPlan
from entrepot.model.whole import WHATEVER, tell_expected

MOVED = (Decision.CREATED, Decision.UPDATED, Decision.VERSIONED)


def expect(plans: Iterable[ImportPlan], run: Run) -> None:
    """Of all tables together: some are written in several steps."""
    totals = {WHATEVER: sum(plan.counts.get(each, 0) for plan in plans for each in MOVED)}
    tell_expected(run.reporter, totals)
