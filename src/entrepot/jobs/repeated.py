"""What was asked for again although it has been done."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from entrepot.jobs.resuming import HAPPENED
from entrepot.model.errors import ChangedError
from entrepot.model.records import JobRecord, PlanRecord
from entrepot.state import State

CODE = "already_applied"


@contextmanager
def once(state: State, plan: PlanRecord | None) -> Iterator[None]:
    """A plan is carried out once. What a process that died has written is known from its mark beside the data."""
    if plan is None:
        yield
        return
    for job in state.ledger.jobs.of_plan(plan.id):
        if job.status in HAPPENED:
            raise _applied(plan, job, "Nothing is left to do.")
    before = state.ledger.jobs.of_plan(plan.id)
    try:
        yield
    except ChangedError as error:
        unfinished = next((job for job in before if not job.status.final), None)
        if error.code != CODE or unfinished is None:
            raise
        raise _applied(plan, unfinished, f"entrepot resume {unfinished.id} goes on with it.") from error


def _applied(plan: PlanRecord, job: JobRecord, remedy: str) -> ChangedError:
    return ChangedError(
        CODE,
        f"The plan {plan.id} has been carried out, as job {job.id}. Nothing was written this time.",
        remedy=f"{remedy} To bring the same rows in again, begin a new import.",
    )
