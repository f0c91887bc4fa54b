"""Events of jobs, numbered from 1 and never changed; and how far a job is, which is written over."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select

from entrepot.ledger.records import Records, require_owner
from entrepot.ledger.turns import take_turn
from entrepot.ledger.work_tables import EVENTS, PROGRESS
from entrepot.model.orders import EventRecord, ProgressRecord, Said
from entrepot.model.records import Document, JobRecord

PHASE = "phase"


class Events:
    def __init__(self, records: Records) -> None:
        self._records = records

    def add(self, job: JobRecord, kind: str, facts: Document) -> EventRecord:
        """By the owner alone: ChangedError `no_longer_owner`."""
        now = self._records.now()
        with self._records.writing() as connection:
            require_owner(connection, job)
            return add_event(connection, job.id, now, kind, facts)

    def tell(self, job: JobRecord, events: Sequence[tuple[str, Document]], progress: Document | None) -> None:
        """What has happened since, and how far it is now, by one write. By the owner alone."""
        now = self._records.now()
        with self._records.writing() as connection:
            require_owner(connection, job)
            add_said(connection, job, now, Said(events=events, progress=progress))

    def after(self, job: str, number: int = 0, limit: int = 1000) -> tuple[EventRecord, ...]:
        query = select(EVENTS).where(EVENTS.c.job == job, EVENTS.c.number > number).order_by(EVENTS.c.number)
        with self._records.reading() as connection:
            return tuple(event_of(dict(row._mapping)) for row in connection.execute(query.limit(limit)))

    def last(self, job: str, kind: str) -> EventRecord | None:
        query = select(EVENTS).where(EVENTS.c.job == job, EVENTS.c.kind == kind).order_by(EVENTS.c.number.desc())
        with self._records.reading() as connection:
            found = connection.execute(query.limit(1)).first()
        return None if found is None else event_of(dict(found._mapping))

    def phases(self, job: str) -> tuple[str, ...]:
        """What it went through, in words."""
        query = select(EVENTS.c.facts).where(EVENTS.c.job == job, EVENTS.c.kind == PHASE).order_by(EVENTS.c.number)
        with self._records.reading() as connection:
            return tuple(facts["words"] for facts in connection.execute(query).scalars())


class Progress:
    def __init__(self, records: Records) -> None:
        self._records = records

    def of_job(self, job: str) -> ProgressRecord | None:
        with self._records.reading() as connection:
            found = connection.execute(select(PROGRESS).where(PROGRESS.c.job == job)).first()
        return None if found is None else progress_of(dict(found._mapping))


def add_said(connection: Connection, job: JobRecord, at: datetime, said: Said) -> None:
    """Inside a writing transaction of its owner."""
    if said.events:
        _add(connection, job.id, at, said.events)
    if said.progress is not None:
        _replace(connection, ProgressRecord(job=job.id, epoch=job.epoch, facts=said.progress, updated_at=at))


def add_event(connection: Connection, job: str, at: datetime, kind: str, facts: Document) -> EventRecord:
    """Inside a writing transaction."""
    return _add(connection, job, at, [(kind, facts)])[0]


def _add(connection: Connection, job: str, at: datetime, events: Sequence[tuple[str, Document]]) -> list[EventRecord]:
    """Nothing of them was read yet: their numbers have no gap."""
    take_turn(connection, EVENTS.name, job)
    last = connection.execute(select(func.max(EVENTS.c.number)).where(EVENTS.c.job == job)).scalar_one()
    numbered = enumerate(events, (last or 0) + 1)
    records = [EventRecord(job=job, number=number, at=at, kind=kind, facts=facts) for number, (kind, facts) in numbered]
    connection.execute(insert(EVENTS), [{**vars(record)} for record in records])
    return records


def _replace(connection: Connection, record: ProgressRecord) -> None:
    take_turn(connection, PROGRESS.name, record.job)
    connection.execute(delete(PROGRESS).where(PROGRESS.c.job == record.job))
    connection.execute(insert(PROGRESS), {**vars(record)})


def event_of(columns: dict[str, Any]) -> EventRecord:
    return EventRecord(**columns)


def progress_of(columns: dict[str, Any]) -> ProgressRecord:
    return ProgressRecord(**columns)
