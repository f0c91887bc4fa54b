"""Why a job waits, and until when, as far as that can be said."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from entrepot.jobs.orders.waking import is_awake
from entrepot.ledger.jobs import NOBODY
from entrepot.model.limits import Limits, full
from entrepot.model.orders import HELD, OrderRecord, Waiting, WhyWaiting
from entrepot.model.records import JobRecord
from entrepot.state import State

AGAIN = "again"
"""The event of an attempt that is to be followed by another."""


def waiting(
    state: State, job: JobRecord, order: OrderRecord | None, limits: Limits, queues: Collection[str]
) -> Waiting | None:
    """None: it does not. The limits and the queues are those of whoever asks; workers have read theirs when they
    started."""
    if order is None or job.owner != NOBODY or job.finished_at is not None:
        return None
    return (
        _held(order)
        or _undeclared(state, order, queues)
        or _put_off(state, order)
        or _nobody(state)
        or _held_back(state, job, order, limits)
        or _behind(state, job)
    )


def _held(order: OrderRecord) -> Waiting | None:
    if order.queue != HELD:
        return None
    return Waiting(why=WhyWaiting.HELD, words="whoever submitted it has not had it started yet")


def _undeclared(state: State, order: OrderRecord, queues: Collection[str]) -> Waiting | None:
    """The one worker of a folder listens to all."""
    if order.queue in queues or not state.ledger.home.several:
        return None
    words = f"the settings declare no queue '{order.queue}', so that no worker listens to it: add it to [work] queues"
    return Waiting(why=WhyWaiting.NOBODY, words=words)


def _put_off(state: State, order: OrderRecord) -> Waiting | None:
    until = order.not_before
    if until is None or until <= state.ledger.records.now():
        return None
    failed = state.ledger.events.last(order.job, AGAIN)
    said = "" if failed is None else f" (attempt {failed.facts['attempt']}: {failed.facts['message']})"
    return Waiting(why=WhyWaiting.PUT_OFF, words=f"not before {_moment(until)}{said}", until=until)


def _nobody(state: State) -> Waiting | None:
    """Where records are on a server, workers may be anywhere."""
    if state.ledger.home.several or is_awake(state.folder):
        return None
    return Waiting(why=WhyWaiting.NOBODY, words="no worker is there: `entrepot worker`, or `entrepot jobs watch`")


def _held_back(state: State, job: JobRecord, order: OrderRecord, limits: Limits) -> Waiting | None:
    """By the first limit that is reached."""
    at_work = state.ledger.taking.at_work()
    dead = {owner for owner in {each.owner for each in at_work} if not state.is_alive(owner)}
    filled = full(limits, (each for each in at_work if each.owner not in dead))
    if order.tenant is not None and (job.database, order.tenant) in filled.tenants:
        return _limit(f"work.per_tenant ({limits.per_tenant}) is reached for its tenant")
    if job.database in filled.databases:
        return _limit(f"work.per_database ({limits.per_database}) is reached for its database")
    return _limit(f"work.at_once ({limits.at_once}) is reached") if filled.everything else None


def _limit(words: str) -> Waiting:
    return Waiting(why=WhyWaiting.LIMIT, words=words)


def _behind(state: State, job: JobRecord) -> Waiting:
    """How many are sooner is nobody's to know who is bound to a tenant."""
    if state.ledger.orders.are_before(job.id):
        return Waiting(why=WhyWaiting.OTHERS, words="others are sooner")
    return Waiting(why=WhyWaiting.NEXT, words="it is next, as soon as a worker that listens to its queue has room")


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"
