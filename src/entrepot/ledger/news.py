"""What happened to jobs since somebody looked last: of many of them by one look, all at one moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from sqlalchemy import Connection, and_, func, or_, select

from entrepot.ledger.events import event_of, progress_of
from entrepot.ledger.records import Records
from entrepot.ledger.tables import JOBS
from entrepot.ledger.work_tables import EVENTS, PROGRESS
from entrepot.model.orders import EventRecord, ProgressRecord

MANY = 1000
"""Events of one look; the rest comes with the next."""
PART = 200


@dataclass(frozen=True, kw_only=True)
class Known:
    """Of one job."""

    number: int
    """Of its last event."""
    told_at: datetime | None
    """How far it was is of then."""


@dataclass(frozen=True, kw_only=True)
class News:
    events: tuple[EventRecord, ...]
    progress: ProgressRecord | None
    """None: no other than before, or the job is over."""
    over: bool
    """Nothing comes behind it."""
    more: bool
    """There are more events already."""


class Newsroom:
    def __init__(self, records: Records) -> None:
        self._records = records

    def since(self, known: Mapping[str, Known]) -> dict[str, News | None]:
        """Of those to which something has happened; None: there is no such job any more."""
        found: dict[str, News | None] = {}
        ids = tuple(known)
        for start in range(0, len(ids), PART):
            with self._records.reading() as connection:
                found |= _part(connection, {job: known[job] for job in ids[start : start + PART]})
        return found


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How far a job is, in short."""

    finished_at: datetime | None
    updated_at: datetime | None
    """How far it was said to be then."""
    last: int
    """The number of its last event."""

    def is_news(self, known: Known) -> bool:
        return self.finished_at is not None or self.last > known.number or self.updated_at != known.told_at


def _part(connection: Connection, known: Mapping[str, Known]) -> dict[str, News | None]:
    standings = _standings(connection, tuple(known))
    changed = {job: standing for job, standing in standings.items() if standing.is_news(known[job])}
    later = {job: known[job].number for job, standing in changed.items() if standing.last > known[job].number}
    moved = [job for job, it in changed.items() if it.finished_at is None and it.updated_at != known[job].told_at]
    events, progress = _events(connection, later), _progress(connection, moved)
    news = {job: _news(it, events.get(job, ()), progress.get(job), known[job]) for job, it in changed.items()}
    return {**news, **dict.fromkeys(job for job in known if job not in standings)}


def _standings(connection: Connection, ids: Sequence[str]) -> dict[str, Standing]:
    last = select(func.coalesce(func.max(EVENTS.c.number), 0)).where(EVENTS.c.job == JOBS.c.id).scalar_subquery()
    query = select(JOBS.c.id, JOBS.c.finished_at, PROGRESS.c.updated_at, last)
    rows = connection.execute(query.outerjoin(PROGRESS, PROGRESS.c.job == JOBS.c.id).where(JOBS.c.id.in_(ids)))
    return {
        job: Standing(finished_at=finished_at, updated_at=updated_at, last=number)
        for job, finished_at, updated_at, number in rows
    }


def _events(connection: Connection, numbers: Mapping[str, int]) -> dict[str, tuple[EventRecord, ...]]:
    if not numbers:
        return {}
    later = or_(*(and_(EVENTS.c.job == job, EVENTS.c.number > number) for job, number in numbers.items()))
    query = select(EVENTS).where(later).order_by(EVENTS.c.job, EVENTS.c.number).limit(MANY)
    records = [event_of(dict(row._mapping)) for row in connection.execute(query)]
    return {job: tuple(some) for job, some in groupby(records, key=lambda record: record.job)}


def _progress(connection: Connection, ids: Sequence[str]) -> dict[str, ProgressRecord]:
    if not ids:
        return {}
    rows = connection.execute(select(PROGRESS).where(PROGRESS.c.job.in_(ids)))
    return {row.job: progress_of(dict(row._mapping)) for row in rows}


def _news(standing: Standing, events: tuple[EventRecord, ...], progress: ProgressRecord | None, known: Known) -> News:
    more = (events[-1].number if events else known.number) < standing.last
    return News(events=events, progress=progress, over=standing.finished_at is not None and not more, more=more)
