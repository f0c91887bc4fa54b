"""Orders that are held: in no queue, so that no worker takes them before somebody says so."""

from __future__ import annotations

from sqlalchemy import update

from entrepot.ledger.events import add_event
from entrepot.ledger.jobs import write_job
from entrepot.ledger.records import Records
from entrepot.ledger.work_tables import ORDERS
from entrepot.model.orders import HELD
from entrepot.model.records import Document, JobRecord, PlanRecord

STARTED = "started"


class Held:
    def __init__(self, records: Records) -> None:
        self._records = records

    def start(
        self, job: JobRecord, queue: str, *, request: Document | None = None, plan: PlanRecord | None = None
    ) -> None:
        """From now on it waits in that queue; what it is asked for instead, and the plan of that, are written with it,
        or nothing is. Nothing happens if it was started before. ChangedError `no_longer_owner`: it was cancelled, or a
        worker has it."""
        now = self._records.now()
        changed = {"queue": queue} if request is None else {"queue": queue, "request": request}
        needed = {} if plan is None else {"plan_id": plan.id, "draft_id": plan.draft_id}
        with self._records.writing() as connection:
            write_job(connection, job, now)
            held = update(ORDERS).where(ORDERS.c.job == job.id, ORDERS.c.queue == HELD)
            if connection.execute(held.values(**changed)).rowcount:
                write_job(connection, job, now, **needed)
                add_event(connection, job.id, now, STARTED, {"queue": queue})
