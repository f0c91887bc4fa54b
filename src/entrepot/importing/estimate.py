"""How long an import will take, and how long others wait, from what its preview took.

An import reads, checks and compares once more, which the preview has measured on this machine and this file. Only what
it writes is estimated: so many rows, each at what a record cost to read and check, times the weight of the engine.
To start takes its time as well, whatever the file has: as long as so many more records.
"""

from __future__ import annotations

from dataclasses import dataclass

from entrepot.model.changes import Writing
from entrepot.model.drafts import Decision
from entrepot.model.estimates import Estimate
from entrepot.model.plans import ImportPlan

STARTING = 10_000
"""Records that are read and checked in the time that the start takes, on slow machines and on fast ones."""


@dataclass(frozen=True, kw_only=True)
class Taken:
    """Seconds of a preview."""

    reading: float
    """And checking."""
    comparing: float


def estimated(plan: ImportPlan, taken: Taken, writing: Writing, *, streamed: bool = False) -> Estimate:
    """`streamed`: rows are written as they are read, so that others wait all the time."""
    each = taken.reading / (plan.staged.records + STARTING)
    created, updated = plan.counts.get(Decision.CREATED, 0), plan.counts.get(Decision.UPDATED, 0)
    created += plan.counts.get(Decision.VERSIONED, 0)
    changed = updated + plan.deletes
    locked = taken.comparing + each * (created * writing.created + changed * writing.updated)
    seconds = taken.reading + locked
    return Estimate(
        seconds=seconds,
        locked=seconds if streamed else locked,
        waiting=writing.waiting,
        all_wait=writing.all_wait,
    )
