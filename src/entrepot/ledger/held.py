"""Orders that are held: in no queue, so that no worker takes them before somebody says so."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from entrepot.ledger.events import add_event
from entrepot.ledger.jobs import write_job
from entrepot.ledger.records import Records
from entrepot.ledger.tables import JOBS
from entrepot.ledger.work_tables import ORDERS
from entrepot.model.orders import HELD
from entrepot.model.records import Document, JobRecord, PlanRecord

STARTED = "started"


class Held:
    def __init__(self, records: Records) -> None:
        self._records = records

    def older(self, until: datetime) -> tuple[JobRecord, ...]:
        """Those that were submitted by then, and nobody has had started."""
        query = select(JOBS).join(ORDERS, ORDERS.c.job == JOBS.c.id).where(JOBS.c.finished_at.is_(None))
        held = query.where(ORDERS.c.queue == HELD, JOBS.c.created_at <= until).order_by(JOBS.c.id)
        with self._records.reading() as connection:
            rows: list[dict[str, Any]] = [dict(row._mapping) for row in connection.execute(held)]
        return tuple(JobRecord(**row) for row in rows)

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
