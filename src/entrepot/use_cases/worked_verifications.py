"""Verifications that a worker carries out."""

from __future__ import annotations

from entrepot.adapters import Adapters
from entrepot.jobs.durable import document, told
from entrepot.jobs.orders.requests import VerifyOrder, read_back
from entrepot.jobs.worker.running import Attempt
from entrepot.model.audit import Action
from entrepot.model.errors import DamagedError
from entrepot.model.records import Status
from entrepot.use_cases.auditing import recorded
from entrepot.use_cases.verifying import Verifying


def verify(attempt: Attempt, adapters: Adapters) -> None:
    """It has failed if something is not what it was, and is partial if something could not be compared."""
    order = read_back(VerifyOrder, attempt.order.request)
    with recorded(adapters, Action.INSPECT, order.job, job=attempt.job.id):
        attempt.reporter.phase(f"Reading back what {order.job} has left")
        found = Verifying(adapters=adapters).verify(order.job)
    if found.ok:
        status = Status.COMPLETED if found.verified else Status.PARTIAL
        attempt.finish(attempt.job, status, receipt=document(found))
        return
    error = DamagedError(
        "not_verified",
        f"{found.problems[0].message}",
        remedy="Get an undamaged copy, or do the job again.",
        problems=found.problems,
    )
    attempt.finish(attempt.job, Status.FAILED, receipt=document(found), error=told(error))
