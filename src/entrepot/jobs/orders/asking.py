"""What anybody may do to a job that was submitted: look at it, stop it, ask for it again."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from entrepot.access.permissions import Principal, Role
from entrepot.jobs.durable import JOURNAL, told
from entrepot.jobs.orders.waiting import waiting
from entrepot.jobs.resuming import may_stand
from entrepot.ledger.jobs import NOBODY
from entrepot.model.errors import CancelledError, ChangedError, DamagedError, InputError
from entrepot.model.limits import Limits
from entrepot.model.orders import JobView, OrderRecord, Wish
from entrepot.model.records import Document, JobRecord, Status
from entrepot.model.spoken import Said, System, said
from entrepot.state import State

LOOK = "look"
"""The event of a held import that somebody wants to know of what it would do."""
OF_THE_FILE = frozenset({InputError.exit_code, DamagedError.exit_code})
"""What an error ends with that will be the same the next time."""
AGAIN = frozenset({Status.FAILED, Status.CANCELLED})
UNBEGUN = CancelledError("cancelled", "Cancelled before it began.")
UNSTARTED = CancelledError("cancelled", "Nobody has had it started for longer than [retention] jobs.")
WAITING = CancelledError("cancelled", "Cancelled while it waited to be tried again.", remedy="Nothing was left behind.")


def view(state: State, job: JobRecord, limits: Limits, queues: Collection[str]) -> JobView:
    """`queues`: those that the settings declare."""
    order = order_of(state, job.id)
    return JobView(
        job=job,
        order=order,
        waiting=waiting(state, job, order, limits, queues),
        progress=state.ledger.progress.of_job(job.id),
        artifacts=state.ledger.artifacts.of_job(job.id),
        look=last_look(state, job),
        journal_removed_at=journal_removed_at(state, job.id),
    )


def was_looked_at(state: State, job: str) -> bool:
    """Or is to be."""
    return state.ledger.events.last(job, LOOK) is not None


def last_look(state: State, job: JobRecord) -> JobRecord | None:
    """It may be forgotten sooner than the import."""
    told = state.ledger.events.last(job.id, LOOK)
    if told is None:
        return None
    try:
        return state.ledger.jobs.get(told.facts["job"])
    except InputError:
        return None


def in_words(state: State, job: JobRecord, system: System) -> Said:
    """Of one that was done at once, no more is known than where it is now."""
    progress = state.ledger.progress.of_job(job.id)
    phases = state.ledger.events.phases(job.id) or (job.phase,)
    return said(system, job, phases, progress.facts["entity"] if progress is not None else "")


def journal_removed_at(state: State, job: str) -> datetime | None:
    """Of the last part of it that went."""
    gone = state.ledger.removals.of_job(job, JOURNAL)
    return gone[-1].at if gone else None


def order_of(state: State, job: str) -> OrderRecord | None:
    """None: it was done at once, by whoever asked."""
    try:
        return state.ledger.orders.get(job)
    except InputError:
        return None


def cancel(state: State, job: str) -> JobRecord:
    """Whoever works on it hears of it within a second; one that nobody has is over at once, or waits no longer
    for somebody to look at what it left."""
    found = state.ledger.jobs.get(job)
    if order_of(state, job) is None:
        raise InputError(
            "not_submitted", f"{job} was not submitted, so that no worker has it.", remedy="Stop the process itself."
        )
    if not state.ledger.orders.ask_to_cancel(job):
        raise ChangedError(
            "job_finished", f"{job} is finished: {found.status.value}.", remedy="Nothing is left to be cancelled."
        )
    if found.owner == NOBODY and _left_nothing(state, found):
        _end_idle(state, found, WAITING if state.ledger.orders.get(job).attempts else UNBEGUN)
    return state.ledger.jobs.get(job)


def end_unstarted(state: State, until: datetime) -> None:
    """What was held since then, and nobody has had started. Whoever has it started at this moment is quicker, or hears
    of it."""
    for job in state.ledger.held.older(until):
        _end_idle(state, job, UNSTARTED)


def _left_nothing(state: State, job: JobRecord) -> bool:
    """Of an attempt that failed. What may have been written, or lies there, only a worker can look at."""
    ledger = state.ledger
    return job.receipt is None and not ledger.units.of_job(job.id) and not ledger.artifacts.of_job(job.id)


def _end_idle(state: State, job: JobRecord, why: CancelledError) -> None:
    """If a worker was quicker, it hears of it. In one step: what is held and was somebody's who died over it would be
    nobody's to end."""
    with suppress(ChangedError):
        state.ledger.jobs.finish(job, Status.CANCELLED, error=told(why))


def as_asked(principal: Principal) -> Document:
    """How a job keeps who asks."""
    return {"name": principal.name, "role": principal.role.value, "tenant": principal.tenant}


def still_bound(order: OrderRecord, asks: Document) -> Document:
    """What somebody bound to a tenant asked for does not say so itself: it stays bound, whoever asks for it again."""
    was_bound = order.principal["role"] != Role.SYSTEM_ADMIN.value
    return order.principal if was_bound and asks["role"] == Role.SYSTEM_ADMIN.value else asks


def who_asked(order: OrderRecord) -> Principal:
    said = order.principal
    return Principal(name=said["name"], role=Role(said["role"]), tenant=said.get("tenant"))


def again(state: State, job: str, asks: Document, queue: str) -> JobRecord:
    """A new job that is asked for the same, with the rights of whoever asks now."""
    found, order = state.ledger.jobs.get(job), order_of(state, job)
    if order is None or found.status not in AGAIN:
        raise ChangedError(
            "nothing_to_retry",
            f"{job} is {found.status.value}; only what was submitted and failed or was cancelled is done again.",
            remedy="Submit what you want anew.",
        )
    if may_stand(state, found):
        raise _in_part(job)
    return state.ledger.orders.submit(replace(_wish(found, order, asks), queue=queue))


def _in_part(job: str) -> ChangedError:
    return ChangedError(
        "batches_stand",
        f"{job} brings records in by batches, and some of them may be there: done again, they would be there twice.",
        remedy=f"`entrepot undo {job}` takes them back; then retry it. If nothing is there, submit it anew.",
    )


def _wish(job: JobRecord, order: OrderRecord, asks: Document) -> Wish:
    applies = order.request.get("plan") is not None
    asked = still_bound(order, asks)
    wish = Wish(kind=job.kind, request=order.request, database=job.database, principal=asked)
    return replace(
        wish,
        entity=job.entity,
        tenant=order.tenant,
        priority=order.priority,
        time_limit=order.time_limit,
        undoes=job.undoes,
        plan_id=job.plan_id if applies else None,
        draft_id=job.draft_id if applies else None,
    )
