"""Clean-ups that a worker carries out."""

from __future__ import annotations

from datetime import datetime

from entrepot.adapters import Adapters
from entrepot.jobs.durable import document
from entrepot.jobs.orders.requests import CleanupOrder, read_back
from entrepot.jobs.worker.running import Attempt
from entrepot.model.audit import Action
from entrepot.model.cleanup import CleanupReceipt
from entrepot.model.records import Status
from entrepot.use_cases.auditing import recorded
from entrepot.use_cases.cleanups import cleaning


def clean_up(attempt: Attempt, adapters: Adapters) -> None:
    """What an attempt before this one removed is not counted again: its notes say what that was."""
    order, state = read_back(CleanupOrder, attempt.order.request), attempt.state
    with recorded(adapters, Action.CLEANUP, job=attempt.job.id) as told:
        attempt.reporter.phase("Removing what is no longer kept")
        now = state.ledger.records.now()
        until = state.ledger.removals.look() if order.asked.sure else now
        found = told(_clean(adapters, attempt, order, until, now))
    attempt.finish(attempt.job, Status.COMPLETED, receipt=document(found))


def _clean(
    adapters: Adapters, attempt: Attempt, order: CleanupOrder, until: datetime | None, now: datetime
) -> CleanupReceipt:
    if until is None:
        return CleanupReceipt(dry_run=False, at=now, sums=(), first=())
    return cleaning(adapters, attempt.state, orphans=order.asked.orphans).clean(until)
