"""One attempt at a job, and what comes of it: done, stopped, tried again later, or given up."""

from __future__ import annotations

import logging
from contextlib import suppress
from datetime import timedelta

from entrepot.jobs.durable import told
from entrepot.jobs.orders.waiting import AGAIN
from entrepot.jobs.resuming import may_stand
from entrepot.jobs.worker.running import Running, Why, Work
from entrepot.ledger.migrating import is_newer
from entrepot.model.errors import CancelledError, ChangedError, EntrepotError, UnavailableError
from entrepot.model.records import Status

LOG = logging.getLogger("entrepot.worker")
MOST_ATTEMPTS, MOST_DEATHS = 5, 3
FIRST = 1
"""The epoch of whoever takes a job that nobody has had. What others have left is looked at, whether they counted as an
attempt or not."""
ATTEMPT = "attempt"
STOPPING = (CancelledError, UnavailableError)
"""What comes of being stopped; a connection that is cut may say that it is gone."""


def attempted(running: Running, work: Work) -> None:
    """Whatever happens, it is on record, or the job is somebody else's."""
    job, order = running.job, running.order
    LOG.info("%s: attempt %d at this %s begins", job.id, order.attempts, job.kind)
    try:
        if order.attempts > 1:
            running.telling.note(ATTEMPT, {"attempt": order.attempts, "deaths": order.deaths})
            running.tell()
        _carried_out(running, work)
        LOG.info("%s: over", job.id)
    except BaseException as error:
        try:
            _concluded(running, error)
        except EntrepotError as failure:  # its lock goes with this process, and then somebody takes it over
            LOG.warning("%s: %s; it could not be written down: %s", job.id, error, failure)


def _carried_out(running: Running, work: Work) -> None:
    attempt = running.attempt
    if running.job.epoch > FIRST and work.settled(attempt):
        return
    if running.order.deaths >= MOST_DEATHS:
        raise poison(running)
    running.switch.check()
    work.carry_out(attempt)


def poison(running: Running) -> EntrepotError:
    left, again = _left(running), f"`entrepot jobs retry {running.job.id}` tries it again."
    return EntrepotError(
        "worker_died",
        f"{running.order.deaths} workers died while they worked on it, so that it is not tried again.",
        remedy=f"Look into the worker's log. {f'{left} Then {again}' if left else again}",
    )


def _concluded(running: Running, error: BaseException) -> None:
    jobs, job = running.state.ledger.jobs, running.job
    with suppress(ChangedError):
        running.tell()
    now = jobs.get(job.id)
    if running.why is Why.LOST or (now.owner, now.epoch) != (job.owner, job.epoch):
        LOG.warning("%s: another worker has it now, and nothing more is written here: %s", job.id, error)
        return
    if now.finished_at is not None:
        return
    LOG.warning("%s: %s", job.id, error, exc_info=error)
    with suppress(ChangedError):  # somebody else's by now
        if is_newer(error):  # no fault of the job; the worker goes, too
            _given_back(running)
        elif running.why is not None and isinstance(error, STOPPING):
            _stopped(running, error)
        elif isinstance(error, UnavailableError) and running.order.attempts < MOST_ATTEMPTS:
            _put_off(running, error)
        else:
            jobs.finish(job, Status.FAILED, error=told(error))


def _stopped(running: Running, error: EntrepotError) -> None:
    jobs, job = running.state.ledger.jobs, running.job
    if running.why is Why.LEAVING:
        _given_back(running)
    elif running.why is Why.TIMED_OUT:
        jobs.finish(job, Status.FAILED, error=told(_timed_out(running)))
    else:
        cancelled = CancelledError(error.code, error.message, remedy=_left(running) or error.remedy)
        jobs.finish(job, Status.CANCELLED, error=told(cancelled))


def _given_back(running: Running) -> None:
    running.state.ledger.orders.uncount(running.job)
    running.state.ledger.jobs.give_back(running.job)


def _timed_out(running: Running) -> EntrepotError:
    return UnavailableError(
        "timed_out",
        f"It took longer than the {running.order.time_limit} seconds that it was given, and was stopped.",
        remedy=_left(running) or "Nothing was left behind. Give it more time, or less to do.",
    )


def _left(running: Running) -> str:
    """What to do about batches that may be there; empty: nothing is."""
    state, job = running.state, running.job.id
    if not may_stand(state, state.ledger.jobs.get(job)):
        return ""
    return f"`entrepot undo {job}` takes back the batches that were brought in."


def _put_off(running: Running, error: EntrepotError) -> None:
    """1, 5, 25, … seconds."""
    state, job, attempts = running.state, running.job, running.order.attempts
    seconds = 5 ** (attempts - 1)
    facts = {"code": error.code, "message": error.message, "attempt": attempts, "seconds": seconds}
    state.ledger.events.add(job, AGAIN, facts)
    state.ledger.orders.put_off(job, state.ledger.records.now() + timedelta(seconds=seconds))
    state.ledger.jobs.give_back(job)
