"""Orders are taken by workers: by one of several who want the same, and no more at once than the limits say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import ColumnElement, Connection, and_, false, or_, select

from entrepot.ledger.jobs import NOBODY, write_job
from entrepot.ledger.records import Records
from entrepot.ledger.tables import JOBS
from entrepot.ledger.turns import take_turn
from entrepot.ledger.work_tables import ORDERS, PARTS
from entrepot.model.limits import AtWork, Full, Limits, full
from entrepot.model.orders import DueOrder
from entrepot.model.records import JobRecord, Status

IS_OWNED = JOBS.c.owner > NOBODY
"""Not `!=`, for which no index is of use."""


class Taking:
    def __init__(self, records: Records) -> None:
        self._records = records

    def at_work(self) -> tuple[AtWork, ...]:
        """What workers have, dead ones too, whatever its queue."""
        with self._records.reading() as connection:
            return _at_work(connection)

    def take(self, due: DueOrder, owner: str, limits: Limits, dead: Collection[str] = ()) -> JobRecord | None:
        """For `owner`; None: it would be one too many. What the `dead` have counts for nothing. In turn: what is
        counted stays so until it is taken. ChangedError `no_longer_owner` if somebody was quicker."""
        with self._records.writing() as connection:
            take_turn(connection, "taking")
            if reached(connection, limits, dead, but=due.job.id).holds_back(due.job.database, due.tenant):
                return None
            changed = {"owner": owner, "epoch": due.job.epoch + 1, "status": Status.PROCESSING, "phase": ""}
            return write_job(connection, due.job, self._records.now(), **changed)


def _at_work(connection: Connection) -> tuple[AtWork, ...]:
    """Jobs, and parts that somebody else makes than the owner of their job."""
    is_open = (JOBS.c.finished_at.is_(None), IS_OWNED)
    jobs = select(JOBS.c.id, JOBS.c.owner, JOBS.c.database, ORDERS.c.tenant).join(ORDERS, JOBS.c.id == ORDERS.c.job)
    parts = (
        select(JOBS.c.id, PARTS.c.owner, JOBS.c.database, ORDERS.c.tenant)
        .join(JOBS, JOBS.c.id == PARTS.c.job)
        .join(ORDERS, ORDERS.c.job == PARTS.c.job)
        .where(PARTS.c.made.is_(None), PARTS.c.owner != NOBODY, PARTS.c.owner != JOBS.c.owner)
    )
    found = (row for query in (jobs, parts) for row in connection.execute(query.where(*is_open)))
    return tuple(
        AtWork(job=job, owner=owner, database=database, tenant=tenant) for job, owner, database, tenant in found
    )


def reached(connection: Connection, limits: Limits, dead: Collection[str], but: str = "") -> Full:
    """By what the living have, `but` for one job."""
    return full(limits, (each for each in _at_work(connection) if each.owner not in dead and each.job != but))


def has_room(filled: Full) -> ColumnElement[bool]:
    """Which orders are not held back. Those of no tenant are nothing that a comparison would find."""
    if filled.everything:
        return false()
    tenants = defaultdict(list)
    for database, tenant in sorted(filled.tenants):
        tenants[database].append(tenant)
    return and_(
        JOBS.c.database.not_in(sorted(filled.databases)),
        *(
            or_(JOBS.c.database != database, ORDERS.c.tenant.is_(None), ORDERS.c.tenant.not_in(those))
            for database, those in tenants.items()
        ),
    )
