"""What became of the due times of schedules: each once, whoever sees it first.

A due time is a whole minute. A run that somebody asks for is an occurrence too, at a moment that is none, so that no
due time is taken for seen because of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Text,
    and_,
    delete,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    type_coerce,
)
from sqlalchemy import update as update_rows

from entrepot.ledger.orders import place_order
from entrepot.ledger.records import Records
from entrepot.ledger.schedules import row_of
from entrepot.ledger.tables import JOBS
from entrepot.ledger.work_tables import OCCURRENCES
from entrepot.model.orders import Wish
from entrepot.model.records import JobRecord, Status
from entrepot.model.schedules import Occurrence, Outcome, Run, ScheduleRecord, Standing

WHOLE_MINUTE = "%:00.000000Z"
SECOND = timedelta(seconds=1)
LEFT_NOTHING = (Outcome.MISSED, Outcome.OVERLAPPED, Outcome.REMOVED)


class Occurrences:
    def __init__(self, records: Records) -> None:
        self._records = records

    def standings(self, records: Sequence[ScheduleRecord]) -> tuple[Standing, ...]:
        """How far each of them is, all at one moment. A due time to come was seen by a clock that was wrong: it will
        not run again, but those before it do."""
        now = self._records.now()
        by_the_clock = type_coerce(OCCURRENCES.c.due, Text).like(WHOLE_MINUTE)
        last = select(OCCURRENCES.c.schedule, func.max(OCCURRENCES.c.due).label("last"))
        last = last.where(OCCURRENCES.c.due <= now, by_the_clock).group_by(OCCURRENCES.c.schedule)
        waiting = select(OCCURRENCES.c.schedule).distinct().where(OCCURRENCES.c.outcome == Outcome.WAITING.value)
        unsettled = select(OCCURRENCES.c.schedule).distinct().where(_unsettled())
        with self._records.reading() as connection:
            seen = {row.schedule: row.last for row in connection.execute(last)}
            patient, busy = (set(connection.execute(query).scalars()) for query in (waiting, unsettled))
        return tuple(
            Standing(record=one, last=seen.get(one.id), waiting=one.id in patient, unsettled=one.id in busy)
            for one in records
        )

    def of_schedule(self, id: str, limit: int = 1000) -> tuple[Run, ...]:
        """The newest first, each with its job."""
        with self._records.reading() as connection:
            return tuple(_runs(connection, select_runs(id).limit(limit)))

    @contextmanager
    def alone_with(self, id: str) -> Iterator[Desk | None]:
        """Nobody else decides about this schedule while the block runs; None: it is gone. All that is decided is
        written when the block ends, or nothing of it."""
        with self._records.writing() as connection:
            found = connection.execute(row_of(id)).first()
            yield None if found is None else Desk(self._records, connection, id, paused=bool(found.paused))


class Desk:
    """One schedule, in one transaction."""

    def __init__(self, records: Records, connection: Connection, id: str, *, paused: bool) -> None:
        self._records = records
        self._connection = connection
        self._id = id
        self.paused = paused

    def is_seen(self, due: datetime) -> bool:
        return self._connection.execute(select(OCCURRENCES.c.due).where(self._this(due))).first() is not None

    def unfinished(self) -> tuple[JobRecord, ...]:
        """Its jobs that are not over, the oldest first."""
        query = select(JOBS).join(OCCURRENCES, OCCURRENCES.c.job == JOBS.c.id).order_by(JOBS.c.id)
        open_ones = query.where(OCCURRENCES.c.schedule == self._id, JOBS.c.finished_at.is_(None))
        return tuple(_job(dict(row._mapping)) for row in self._connection.execute(open_ones))

    def with_outcome(self, *outcomes: Outcome) -> tuple[Run, ...]:
        """The oldest first."""
        query = select_runs(self._id).where(OCCURRENCES.c.outcome.in_([one.value for one in outcomes]))
        return tuple(reversed(list(_runs(self._connection, query))))

    def add(self, due: datetime, outcome: Outcome, job: str | None = None) -> None:
        """A due time that nobody has seen yet."""
        values = {"schedule": self._id, "due": due, "outcome": outcome.value, "created_at": self._records.now()}
        self._connection.execute(insert(OCCURRENCES), {**values, "job": job})

    def submit(self, due: datetime, wish: Wish) -> JobRecord:
        """Such a time, with the order that it leads to."""
        job = place_order(self._records, self._connection, wish)
        self.add(due, Outcome.SUBMITTED, job.id)
        return job

    def begin(self, due: datetime, wish: Wish) -> JobRecord:
        """One that has waited."""
        job = place_order(self._records, self._connection, wish)
        self.change(due, Outcome.SUBMITTED, job=job.id)
        return job

    def change(self, due: datetime, outcome: Outcome, **more: Any) -> None:
        changed = update_rows(OCCURRENCES).where(self._this(due))
        self._connection.execute(changed.values(outcome=outcome.value, **more))

    def forget(self, older: datetime, many: int, *, whole: bool) -> None:
        """Of what is older, and not among the newest so many, what left nothing behind; `whole`: and all that is over.
        A clock that is put back by less than that still finds what it has seen."""
        newest = select(OCCURRENCES.c.due).where(OCCURRENCES.c.schedule == self._id).order_by(OCCURRENCES.c.due.desc())
        border = self._connection.execute(newest.offset(many).limit(1)).scalar()
        if border is None:
            return
        old = and_(OCCURRENCES.c.schedule == self._id, OCCURRENCES.c.due <= min(border, older))
        done = exists().where(JOBS.c.id == OCCURRENCES.c.job, JOBS.c.status == Status.COMPLETED)
        over = and_(OCCURRENCES.c.outcome == Outcome.OVER.value, or_(literal(whole), ~done))
        nothing = OCCURRENCES.c.outcome.in_([one.value for one in LEFT_NOTHING])
        self._connection.execute(delete(OCCURRENCES).where(old, or_(nothing, over)))

    def free_moment(self) -> datetime:
        """For a run that somebody asks for now: no whole minute, and nobody else's second."""
        now = self._records.now().replace(microsecond=0)
        while now.second == 0 or self.is_seen(now):
            now += SECOND
        return now

    def _this(self, due: datetime) -> ColumnElement[bool]:
        return and_(OCCURRENCES.c.schedule == self._id, OCCURRENCES.c.due == due)


def _unsettled() -> ColumnElement[bool]:
    """A run that is over, or an output that is about to go."""
    is_over = exists().where(JOBS.c.id == OCCURRENCES.c.job, JOBS.c.finished_at.is_not(None))
    submitted = and_(OCCURRENCES.c.outcome == Outcome.SUBMITTED.value, is_over)
    return or_(submitted, OCCURRENCES.c.outcome == Outcome.REMOVING.value)


def select_runs(id: str) -> Select[Any]:
    query = select(OCCURRENCES.c.schedule, OCCURRENCES.c.due, OCCURRENCES.c.outcome, OCCURRENCES.c.job)
    query = query.add_columns(OCCURRENCES.c.created_at.label("seen_at"), JOBS)
    joined = query.outerjoin(JOBS, JOBS.c.id == OCCURRENCES.c.job)
    return joined.where(OCCURRENCES.c.schedule == id).order_by(OCCURRENCES.c.due.desc())


def _runs(connection: Connection, query: Select[Any]) -> Iterator[Run]:
    for row in connection.execute(query):
        columns: dict[str, Any] = dict(row._mapping)
        schedule, due, outcome = columns.pop("schedule"), columns.pop("due"), Outcome(columns.pop("outcome"))
        job, seen_at = columns.pop("job"), columns.pop("seen_at")
        occurrence = Occurrence(schedule=schedule, due=due, outcome=outcome, job=job, created_at=seen_at)
        yield Run(occurrence=occurrence, job=_job(columns) if columns["id"] is not None else None)


def _job(columns: dict[str, Any]) -> JobRecord:
    return JobRecord(**columns)
