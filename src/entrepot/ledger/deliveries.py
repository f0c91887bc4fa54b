"""Messages to be sent, and what became of them. Each is written once, whoever sees first that it is due."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, insert, or_, select, update

from entrepot.ledger.records import Records
from entrepot.ledger.tables import JOBS
from entrepot.ledger.turns import take_turn
from entrepot.ledger.work_tables import DELIVERIES, ORDERS
from entrepot.model.notices import Delivered, DeliveryRecord
from entrepot.model.records import Document, JobRecord

TURN = "deliveries"
PART = 500


class Deliveries:
    def __init__(self, records: Records) -> None:
        self._records = records

    def candidates(self, since: datetime, *, untold: bool = False) -> tuple[tuple[JobRecord, Document], ...]:
        """Submitted jobs that are open, or have ended since then, with what was asked. `untold`: without those of whose
        end somebody wrote already."""
        recent = or_(JOBS.c.finished_at.is_(None), JOBS.c.finished_at >= since)
        query = select(JOBS, ORDERS.c.request).join(ORDERS, ORDERS.c.job == JOBS.c.id).where(recent)
        if untold:
            told = and_(DELIVERIES.c.job == JOBS.c.id, DELIVERIES.c.event == JOBS.c.status)
            query = query.outerjoin(DELIVERIES, told).where(DELIVERIES.c.id.is_(None))
        with self._records.reading() as connection:
            return tuple(_candidate(dict(row._mapping)) for row in connection.execute(query))

    def known_since(self, target: str, id: str) -> datetime:
        """Since when there is somebody of that name: nobody is told of what was over before."""
        now = self._records.now()
        marker = DeliveryRecord(
            id=id,
            job=None,
            target=target,
            event="",
            message={},
            status=Delivered.KNOWN.value,
            attempts=0,
            not_before=None,
            error=None,
            created_at=now,
        )
        with self._records.writing() as connection:
            take_turn(connection, TURN)
            query = select(DELIVERIES.c.created_at).where(DELIVERIES.c.id == id)
            found = connection.execute(query).scalar_one_or_none()
            if found is None:
                connection.execute(insert(DELIVERIES), {**vars(marker)})
            return found or now

    def write(self, fresh: Iterable[DeliveryRecord]) -> int:
        """Those that nobody wrote before; how many."""
        written = 0
        with self._records.writing() as connection:
            take_turn(connection, TURN)
            for record in fresh:
                if connection.execute(select(DELIVERIES.c.id).where(DELIVERIES.c.id == record.id)).first() is None:
                    connection.execute(insert(DELIVERIES), {**vars(record)})
                    written += 1
        return written

    def known(self, ids: Iterable[str]) -> frozenset[str]:
        """In parts: databases take only so many parameters."""
        asked, found = tuple(ids), set[str]()
        with self._records.reading() as connection:
            for start in range(0, len(asked), PART):
                query = select(DELIVERIES.c.id).where(DELIVERIES.c.id.in_(asked[start : start + PART]))
                found.update(connection.execute(query).scalars())
        return frozenset(found)

    def take(self, lease: timedelta, but: Collection[str] = ()) -> DeliveryRecord | None:
        """The oldest that is due, for another target than those. Until the lease is over nobody else takes it; if its
        sender dies, somebody does then, and the other side may get it twice, under the same id."""
        now = self._records.now()
        due = (DELIVERIES.c.status == Delivered.WAITING.value, DELIVERIES.c.not_before <= now)
        query = (
            select(DELIVERIES)
            .where(*due, DELIVERIES.c.target.not_in(tuple(but)))
            .order_by(DELIVERIES.c.not_before, DELIVERIES.c.id)
            .limit(1)
        )
        with self._records.writing() as connection:
            take_turn(connection, TURN)
            found = connection.execute(query).first()
            if found is None:
                return None
            taken: dict[str, Any] = dict(found._mapping)
            taken |= {"attempts": found.attempts + 1, "not_before": now + lease}
            changed = {"attempts": taken["attempts"], "not_before": taken["not_before"]}
            connection.execute(update(DELIVERIES).where(DELIVERIES.c.id == found.id).values(**changed))
        return _delivery(taken)

    def settle(self, taken: DeliveryRecord, status: Delivered, error: str | None, again_at: datetime | None) -> None:
        """By whoever took it: somebody else who has it by now says himself what became of it."""
        mine = (DELIVERIES.c.id == taken.id, DELIVERIES.c.attempts == taken.attempts)
        done = None if status is Delivered.WAITING else self._records.now()
        changed = {"status": status.value, "error": error, "not_before": again_at, "done_at": done}
        with self._records.writing() as connection:
            connection.execute(update(DELIVERIES).where(*mine).values(**changed))

    def latest(self, limit: int, *, job: str | None = None) -> tuple[DeliveryRecord, ...]:
        """The newest first."""
        query = select(DELIVERIES).where(DELIVERIES.c.status != Delivered.KNOWN.value)
        query = query if job is None else query.where(DELIVERIES.c.job == job)
        query = query.order_by(DELIVERIES.c.created_at.desc(), DELIVERIES.c.id).limit(limit)
        with self._records.reading() as connection:
            return tuple(_delivery(dict(row._mapping)) for row in connection.execute(query))


def _candidate(columns: dict[str, Any]) -> tuple[JobRecord, Document]:
    asked: Document = columns.pop("request")
    return JobRecord(**columns), asked


def _delivery(columns: dict[str, Any]) -> DeliveryRecord:
    return DeliveryRecord(**columns)
