"""How things stand, all at one moment: what waits, what is at work, what is stored, what could not be told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, case, func, or_, select

from entrepot.ledger.jobs import NOBODY
from entrepot.ledger.records import Records
from entrepot.ledger.tables import ARTIFACTS, JOBS
from entrepot.ledger.totals import totals_of
from entrepot.ledger.work_tables import DELIVERIES, ORDERS
from entrepot.model.notices import Delivered
from entrepot.model.orders import HELD
from entrepot.model.tallies import Total

UNSENT = (Delivered.WAITING.value, Delivered.FAILED.value)


@dataclass(frozen=True, kw_only=True)
class Open:
    """Jobs that are not over, and that nobody tells apart."""

    kind: str
    status: str
    tenant: str | None
    jobs: int
    at_work: int
    """That a worker has."""
    deaths: int
    """Of workers that had them."""


@dataclass(frozen=True, kw_only=True)
class Queue:
    name: str
    ready: int
    """Whose time has come."""
    put_off: int
    oldest: datetime | None
    """When the first of those was submitted whose time has come."""


@dataclass(frozen=True, kw_only=True)
class Stored:
    kind: str
    files: int
    bytes: int


@dataclass(frozen=True, kw_only=True)
class Unsent:
    target: str
    status: str
    messages: int


@dataclass(frozen=True, kw_only=True)
class Standings:
    at: datetime
    open: tuple[Open, ...]
    queues: tuple[Queue, ...]
    stored: tuple[Stored, ...]
    unsent: tuple[Unsent, ...]
    totals: tuple[Total, ...]


class Measures:
    def __init__(self, records: Records) -> None:
        self._records = records

    def now(self) -> Standings:
        at = self._records.now()
        with self._records.reading() as connection:
            return Standings(
                at=at,
                open=_open(connection),
                queues=_queues(connection, at),
                stored=_stored(connection),
                unsent=_unsent(connection),
                totals=totals_of(connection),
            )


def _open(connection: Connection) -> tuple[Open, ...]:
    by = (JOBS.c.kind, JOBS.c.status, ORDERS.c.tenant)
    at_work, deaths = func.sum(case((JOBS.c.owner > NOBODY, 1), else_=0)), func.sum(func.coalesce(ORDERS.c.deaths, 0))
    query = select(*by, func.count(), at_work, deaths).select_from(JOBS).outerjoin(ORDERS, ORDERS.c.job == JOBS.c.id)
    rows = connection.execute(query.where(JOBS.c.finished_at.is_(None)).group_by(*by).order_by(*by))
    return tuple(
        Open(kind=kind, status=status.value, tenant=tenant, jobs=jobs, at_work=int(working), deaths=int(died))
        for kind, status, tenant, jobs, working, died in rows
    )


def _queues(connection: Connection, now: datetime) -> tuple[Queue, ...]:
    is_due = or_(ORDERS.c.not_before.is_(None), ORDERS.c.not_before <= now)
    waiting = (JOBS.c.finished_at.is_(None), JOBS.c.owner == NOBODY, ORDERS.c.queue != HELD)
    query = select(ORDERS.c.queue, is_due.label("due"), func.count(), func.min(JOBS.c.created_at)).join(
        JOBS, JOBS.c.id == ORDERS.c.job
    )
    found: dict[str, dict[bool, tuple[int, datetime]]] = {}
    for queue, due, count, first in connection.execute(query.where(*waiting).group_by(ORDERS.c.queue, is_due)):
        found.setdefault(queue, {})[bool(due)] = (count, first)
    return tuple(_queue(name, parts) for name, parts in sorted(found.items()))


def _queue(name: str, parts: dict[bool, tuple[int, datetime]]) -> Queue:
    ready, oldest = parts.get(True, (0, None))
    return Queue(name=name, ready=ready, put_off=parts.get(False, (0, None))[0], oldest=oldest)


def _stored(connection: Connection) -> tuple[Stored, ...]:
    query = select(ARTIFACTS.c.kind, func.count(), func.sum(ARTIFACTS.c.bytes)).group_by(ARTIFACTS.c.kind)
    rows = connection.execute(query.order_by(ARTIFACTS.c.kind))
    return tuple(Stored(kind=kind, files=files, bytes=int(size)) for kind, files, size in rows)


def _unsent(connection: Connection) -> tuple[Unsent, ...]:
    query = select(DELIVERIES.c.target, DELIVERIES.c.status, func.count()).where(DELIVERIES.c.status.in_(UNSENT))
    rows = connection.execute(query.group_by(DELIVERIES.c.target, DELIVERIES.c.status).order_by(DELIVERIES.c.target))
    return tuple(Unsent(target=target, status=status, messages=count) for target, status, count in rows)
