"""Jobs: begun, brought forward by their owner alone, finished once."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, insert, select, update

from entrepot.ledger.events import add_said
from entrepot.ledger.notes import removed_at
from entrepot.ledger.records import Records, no_longer_owner, one
from entrepot.ledger.tables import JOBS
from entrepot.ledger.totals import count_end
from entrepot.ledger.work_tables import ORDERS
from entrepot.model.errors import InputError
from entrepot.model.orders import NOTHING, Said
from entrepot.model.records import Document, JobRecord, Status

PREFIXES = {"import": "imp", "export": "exp"}
"""Of the ids; other kinds are short enough themselves."""
NOBODY = ""
"""The owner of a job that no worker has taken yet."""
ENDED = "ended"
"""The last event of a job that was submitted."""


class Jobs:
    def __init__(self, records: Records) -> None:
        self._records = records

    def begin(
        self,
        kind: str,
        *,
        owner: str,
        database: str,
        entity: str | None = None,
        phase: str = "",
        plan_id: str | None = None,
        draft_id: str | None = None,
        undoes: str | None = None,
        corrects: str | None = None,
    ) -> JobRecord:
        job = fresh_job(
            self._records,
            kind,
            owner=owner,
            database=database,
            entity=entity,
            phase=phase,
            plan_id=plan_id,
            draft_id=draft_id,
            undoes=undoes,
            corrects=corrects,
        )
        with self._records.writing() as connection:
            connection.execute(insert(JOBS), {**vars(job)})
        return job

    def get(self, id: str) -> JobRecord:
        with self._records.reading() as connection:
            found = connection.execute(select(JOBS).where(JOBS.c.id == id)).first()
            if found is None and (gone := removed_at(connection, id)) is not None:
                raise _no_longer_there(id, gone)
        return _job(one(found, "job", id))

    def latest(
        self, limit: int = 20, *, kind: str | None = None, database: str | None = None, tenant: str | None = None
    ) -> tuple[JobRecord, ...]:
        """The newest first. `tenant`: what was submitted for that one."""
        query = select(JOBS).order_by(JOBS.c.created_at.desc(), JOBS.c.id.desc()).limit(limit)
        if kind is not None:
            query = query.where(JOBS.c.kind == kind)
        if database is not None:
            query = query.where(JOBS.c.database == database)
        if tenant is not None:
            query = query.where(_order_of(JOBS.c.id).where(ORDERS.c.tenant == tenant).exists())
        with self._records.reading() as connection:
            return tuple(_job(dict(row._mapping)) for row in connection.execute(query))

    def unfinished(self, database: str) -> tuple[JobRecord, ...]:
        """The oldest first. Those that workers see to are left to them."""
        ordered = select(ORDERS.c.job).where(ORDERS.c.job == JOBS.c.id).exists()
        open_ones = (JOBS.c.finished_at.is_(None), JOBS.c.database == database, ~ordered)
        query = select(JOBS).where(*open_ones).order_by(JOBS.c.id)
        with self._records.reading() as connection:
            return tuple(_job(dict(row._mapping)) for row in connection.execute(query))

    def undone_by(self, id: str) -> tuple[JobRecord, ...]:
        """The jobs that took, or take, the changes of this one back, the newest first."""
        return self._all(JOBS.c.undoes == id)

    def corrected_by(self, id: str) -> tuple[JobRecord, ...]:
        """Those that brought, or bring, failed records of this one in, the newest first."""
        return self._all(JOBS.c.corrects == id)

    def of_plan(self, id: str) -> tuple[JobRecord, ...]:
        """Those that carried it out, or tried to, the newest first."""
        return self._all(JOBS.c.plan_id == id)

    def _all(self, which: ColumnElement[bool]) -> tuple[JobRecord, ...]:
        query = select(JOBS).where(which).order_by(JOBS.c.created_at.desc(), JOBS.c.id.desc())
        with self._records.reading() as connection:
            return tuple(_job(dict(row._mapping)) for row in connection.execute(query))

    def advance(self, job: JobRecord, status: Status, phase: str) -> JobRecord:
        """What it does now. Raises ChangedError `no_longer_owner` if `job` is not the owner's any more."""
        return self._write(job, status=status, phase=phase)

    def link(self, job: JobRecord, *, plan_id: str, draft_id: str) -> JobRecord:
        """What it will do, once that is known."""
        return self._write(job, plan_id=plan_id, draft_id=draft_id)

    def become(
        self,
        job: JobRecord,
        *,
        entity: str | None,
        plan_id: str | None,
        draft_id: str | None,
        undoes: str | None,
        corrects: str | None,
    ) -> JobRecord:
        """One that was ordered: what it is about, once its worker knows."""
        return self._write(job, entity=entity, plan_id=plan_id, draft_id=draft_id, undoes=undoes, corrects=corrects)

    def promise(self, job: JobRecord, receipt: Document) -> JobRecord:
        """What it will have done if its commit happens; whoever finds out that it did, finds this."""
        return self._write(job, receipt=receipt)

    def finish(
        self,
        job: JobRecord,
        status: Status,
        *,
        receipt: Document | None = None,
        error: Document | None = None,
        said: Said = NOTHING,
    ) -> JobRecord:
        """The last that happens to it, with what it had to tell: nobody can write it afterwards."""
        now = self._records.now()
        changed = {"status": status, "phase": "", "receipt": receipt, "error": error, "finished_at": now}
        with self._records.writing() as connection:
            written = write_job(connection, job, now, **changed)
            if connection.execute(_order_of(job.id)).first() is not None:
                add_said(connection, job, now, replace(said, events=(*said.events, (ENDED, {"status": status}))))
            count_end(connection, written)
        return written

    def take_over(self, job: JobRecord, owner: str) -> JobRecord:
        """Make `owner` the owner, if nobody else was quicker; whoever had it cannot write any more."""
        return self._write(job, owner=owner, epoch=job.epoch + 1)

    def give_back(self, job: JobRecord) -> JobRecord:
        """Whoever comes next may take it."""
        return self._write(job, owner=NOBODY, epoch=job.epoch + 1, status=Status.PENDING, phase="")

    def _write(self, job: JobRecord, **changed: Any) -> JobRecord:
        with self._records.writing() as connection:
            return write_job(connection, job, self._records.now(), **changed)


def write_job(connection: Connection, job: JobRecord, now: datetime, **changed: Any) -> JobRecord:
    """By its owner, inside a writing transaction. Raises ChangedError `no_longer_owner`."""
    changed["updated_at"] = now
    mine = (JOBS.c.id == job.id, JOBS.c.owner == job.owner, JOBS.c.epoch == job.epoch, JOBS.c.finished_at.is_(None))
    if not connection.execute(update(JOBS).where(*mine).values(**changed)).rowcount:
        raise no_longer_owner(job)
    return _job({**vars(job), **changed})


def _order_of(job: str | ColumnElement[str]) -> Select[tuple[str]]:
    return select(ORDERS.c.job).where(ORDERS.c.job == job)


def fresh_job(records: Records, kind: str, *, owner: str, database: str, phase: str = "", **known: Any) -> JobRecord:
    """One that begins now, not yet written down."""
    now = records.now()
    return JobRecord(
        id=records.new_id(PREFIXES.get(kind, kind)),
        kind=kind,
        status=Status.PENDING,
        phase=phase,
        database=database,
        created_at=now,
        updated_at=now,
        owner=owner,
        **known,
    )


def _no_longer_there(id: str, at: datetime) -> InputError:
    return InputError(
        "unknown_job",
        f"There is no job '{id}' any more: what was known of it was removed on {at:%Y-%m-%d}.",
        remedy="[retention] jobs says how long jobs are remembered; the audit still tells who asked for it: entrepot"
        f" audit list --about {id}",
    )


def _job(columns: dict[str, Any]) -> JobRecord:
    return JobRecord(**columns)
