"""Orders: what workers are to do. Whoever may ask writes them; what comes of them is written by the job's owner."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, delete, func, insert, or_, select, update

from entrepot.ledger.events import add_event
from entrepot.ledger.jobs import NOBODY, fresh_job
from entrepot.ledger.records import Records, one, require_owner
from entrepot.ledger.tables import IDENTITY, JOBS, JOURNALS, UNITS
from entrepot.ledger.taking import IS_OWNED, has_room, reached
from entrepot.ledger.turns import take_turn
from entrepot.ledger.work_tables import ORDERS
from entrepot.model.errors import ChangedError
from entrepot.model.limits import UNLIMITED, Limits
from entrepot.model.orders import HELD, DueOrder, News, OrderRecord, Wish
from entrepot.model.records import JobRecord

SUBMITTED, CANCEL = "submitted", "cancel_asked"


class Orders:
    def __init__(self, records: Records) -> None:
        self._records = records

    def submit(self, wish: Wish) -> JobRecord:
        """The job that will do it; the same one again for the same key. ChangedError `key_used` if the key stands for
        something else."""
        with self._records.writing() as connection:
            return place_order(self._records, connection, wish)

    def get(self, job: str) -> OrderRecord:
        with self._records.reading() as connection:
            found = connection.execute(select(ORDERS).where(ORDERS.c.job == job)).first()
        return _record(one(found, "order", job))

    def due(
        self, queues: Sequence[str] | None, limit: int, limits: Limits = UNLIMITED, dead: Collection[str] = ()
    ) -> tuple[DueOrder, ...]:
        """Those that nobody has, and whose time has come: the most urgent first, then the oldest. What is full is
        passed over, so that nobody waits behind it; what the `dead` have fills nothing. Without `queues` of all of
        them, here and below."""
        now = self._records.now()
        was_ahead = JOBS.c.updated_at > now  # the clock, when it was written how long to wait
        due = ORDERS.c.not_before.is_(None) | (ORDERS.c.not_before <= now) | was_ahead
        with self._records.reading() as connection:
            room = has_room(reached(connection, limits, dead))
            return _open(connection, queues, JOBS.c.owner == NOBODY, due, room, limit=limit)

    def owned(self, queues: Sequence[str] | None) -> tuple[DueOrder, ...]:
        """Those that somebody has, who may be dead."""
        with self._records.reading() as connection:
            return _open(connection, queues, IS_OWNED)

    def open_in(self, queues: Sequence[str] | None) -> int:
        """How many are not over, whenever their time comes."""
        query = select(func.count()).select_from(ORDERS).join(JOBS, JOBS.c.id == ORDERS.c.job)
        with self._records.reading() as connection:
            return connection.execute(query.where(JOBS.c.finished_at.is_(None), *_within(queues))).scalar_one()

    def are_before(self, job: str) -> bool:
        """Whether others of its queue that nobody has, and whose time has come, are sooner."""
        own = select(ORDERS.c.queue, ORDERS.c.priority).where(ORDERS.c.job == job).subquery()
        sooner = or_(ORDERS.c.priority < own.c.priority, and_(ORDERS.c.priority == own.c.priority, ORDERS.c.job < job))
        is_due = or_(ORDERS.c.not_before.is_(None), ORDERS.c.not_before <= self._records.now())
        waits = (JOBS.c.finished_at.is_(None), JOBS.c.owner == NOBODY, ORDERS.c.queue == own.c.queue, is_due, sooner)
        query = select(ORDERS.c.job).join(JOBS, JOBS.c.id == ORDERS.c.job).where(*waits).limit(1)
        with self._records.reading() as connection:
            return connection.execute(query).first() is not None

    def ask_to_cancel(self, job: str) -> bool:
        """Whether there was still something to cancel; asking twice is asking once. It waits for
        no time any more."""
        now = self._records.now()
        with self._records.writing() as connection:
            open_ones = select(JOBS.c.id).where(JOBS.c.id == job, JOBS.c.finished_at.is_(None))
            if connection.execute(open_ones.with_for_update(read=True)).first() is None:
                return False
            connection.execute(update(ORDERS).where(ORDERS.c.job == job).values(not_before=None))
            first = update(ORDERS).where(ORDERS.c.job == job, ORDERS.c.cancel_asked_at.is_(None))
            if connection.execute(first.values(cancel_asked_at=now)).rowcount:
                add_event(connection, job, now, CANCEL, {})
            return True

    def news(self, jobs: Sequence[JobRecord]) -> News:
        """Of those that the caller works on."""
        query = select(ORDERS.c.job, ORDERS.c.cancel_asked_at, JOBS.c.owner, JOBS.c.epoch)
        asked = query.join(JOBS, JOBS.c.id == ORDERS.c.job).where(JOBS.c.id.in_([job.id for job in jobs]))
        with self._records.reading() as connection:
            found = {job: told for job, *told in connection.execute(asked)}
        return News(
            cancelled=frozenset(job for job, (at, *_) in found.items() if at is not None),
            lost=frozenset(job.id for job in jobs if found.get(job.id, [None])[1:] != [job.owner, job.epoch]),
        )

    def begin_attempt(self, job: JobRecord, *, died: bool) -> OrderRecord:
        """By the owner alone; `died`: the last one ended with its worker."""
        counted = {"attempts": ORDERS.c.attempts + 1, "deaths": ORDERS.c.deaths + int(died), "not_before": None}
        counting = update(ORDERS).where(ORDERS.c.job == job.id).values(**counted).returning(ORDERS)
        with self._records.writing() as connection:
            require_owner(connection, job)
            found = connection.execute(counting).first()
        return _record(one(found, "order", job.id))

    def put_off(self, job: JobRecord, until: datetime) -> None:
        self._write(job, not_before=until)

    def forget_attempt(self, job: JobRecord) -> JobRecord:
        """What one had written down that came to nothing must not count for the next one, which has the same name."""
        with self._records.writing() as connection:
            require_owner(connection, job)
            for table in (JOURNALS, UNITS, IDENTITY):
                connection.execute(delete(table).where(table.c.job == job.id))
            connection.execute(update(IDENTITY).where(IDENTITY.c.gone_by == job.id).values(gone_by=None))
            connection.execute(update(JOBS).where(JOBS.c.id == job.id).values(receipt=None))
        return replace(job, receipt=None)

    def uncount(self, job: JobRecord) -> None:
        """Its worker goes, which is no fault of the job."""
        self._write(job, attempts=ORDERS.c.attempts - 1)

    def _write(self, job: JobRecord, **changed: Any) -> None:
        with self._records.writing() as connection:
            require_owner(connection, job)
            connection.execute(update(ORDERS).where(ORDERS.c.job == job.id).values(**changed))


def _within(queues: Sequence[str] | None) -> tuple[ColumnElement[bool], ...]:
    return (ORDERS.c.queue != HELD,) if queues is None else (ORDERS.c.queue.in_(queues),)


def _open(
    connection: Connection, queues: Sequence[str] | None, *which: ColumnElement[bool], limit: int | None = None
) -> tuple[DueOrder, ...]:
    query = (
        select(ORDERS.c.attempts, ORDERS.c.deaths, ORDERS.c.tenant, JOBS)
        .join(JOBS, JOBS.c.id == ORDERS.c.job)
        .where(JOBS.c.finished_at.is_(None), *_within(queues), *which)
        .order_by(ORDERS.c.priority, ORDERS.c.job)
        .limit(limit)
    )
    return tuple(_due(dict(row._mapping)) for row in connection.execute(query))


def place_order(records: Records, connection: Connection, wish: Wish) -> JobRecord:
    """Inside a writing transaction, so that what goes with the order is written with it, or neither is."""
    submission, body = _submission(wish), _body(wish)
    known = None if submission is None else _known(connection, submission)
    if known is not None:
        return _same(known, body, wish.key)
    needed = {"plan_id": wish.plan_id, "draft_id": wish.draft_id, "undoes": wish.undoes}
    job = fresh_job(records, wish.kind, owner=NOBODY, database=wish.database, entity=wish.entity, **needed)
    connection.execute(insert(JOBS), {**vars(job)})
    connection.execute(insert(ORDERS), {**vars(_order(job.id, wish, submission, body))})
    add_event(connection, job.id, records.now(), SUBMITTED, {"kind": wish.kind, "queue": wish.queue})
    return job


def other_database(job: JobRecord, found: str) -> ChangedError:
    """What the worker finds where the order says is not what was meant."""
    return ChangedError(
        "other_database",
        f"{job.id} was submitted for {job.database}, but there is {found} now.",
        remedy="Look at the settings and the environment of the worker.",
    )


def _submission(wish: Wish) -> str | None:
    """A key is unknown to everybody but whoever gave it."""
    if wish.key is None:
        return None
    return json.dumps([wish.principal.get("name"), wish.tenant, wish.key])


def _body(wish: Wish) -> str:
    """What is held is not what is done at once: nobody would start it."""
    held = ["held"] if wish.queue == HELD else []
    asked = [wish.kind, wish.database, wish.entity, wish.tenant, dict(wish.same or wish.request), *held]
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()


def _known(connection: Connection, submission: str) -> dict[str, Any] | None:
    """In turn: of two that give the same key at once, the second finds what the first asked for."""
    take_turn(connection, ORDERS.name, submission)
    query = select(ORDERS.c.body, JOBS).join(JOBS, JOBS.c.id == ORDERS.c.job).where(ORDERS.c.submission == submission)
    found = connection.execute(query).first()
    return None if found is None else dict(found._mapping)


def _same(known: dict[str, Any], body: str, key: str | None) -> JobRecord:
    if known.pop("body") != body:
        raise ChangedError(
            "key_used",
            f"The key '{key}' was given for something else before (job {known['id']}).",
            remedy="Give another key, or ask for exactly the same.",
        )
    return JobRecord(**known)


def _order(job: str, wish: Wish, submission: str | None, body: str) -> OrderRecord:
    return OrderRecord(
        job=job,
        request=wish.request,
        principal=wish.principal,
        tenant=wish.tenant,
        queue=wish.queue,
        priority=wish.priority,
        submission=submission,
        body=body,
        time_limit=wish.time_limit,
        not_before=wish.not_before,
    )


def _due(columns: dict[str, Any]) -> DueOrder:
    known = {name: columns.pop(name) for name in ("attempts", "deaths", "tenant")}
    return DueOrder(job=JobRecord(**columns), **known)


def _record(columns: dict[str, Any]) -> OrderRecord:
    return OrderRecord(**columns)
