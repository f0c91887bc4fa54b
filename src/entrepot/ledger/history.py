"""Jobs that were over long ago, with all that is known of them: they go together with those that they take back or
correct, when nobody needs any of them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, delete, or_, select, true

from entrepot.ledger.notes import note
from entrepot.ledger.records import Records
from entrepot.ledger.schedules import has_schedule, is_undecided
from entrepot.ledger.tables import ARTIFACTS, DRAFTS, IDENTITY, JOBS, JOURNALS, PLANS, UNITS
from entrepot.ledger.turns import take_turn
from entrepot.ledger.work_tables import DELIVERIES, OCCURRENCES
from entrepot.model.cleanup import JOB, Gone, Removal
from entrepot.model.notices import Delivered
from entrepot.model.records import Status
from entrepot.model.schedules import Outcome

TURN = "history"
PART = 200
ROTATING = (Outcome.WAITING, Outcome.OVER, Outcome.REMOVING)


class History:
    def __init__(self, records: Records) -> None:
        self._records = records

    def old(self, until: datetime, files: datetime) -> Iterator[Gone]:
        """What would go if stored files that expire by then went first. Found a part at a time, as it is removed."""
        last: str | None = ""
        while last is not None:
            with self._records.reading() as connection:
                some, last = _part(connection, _over(until, files), last)
            yield from some

    def drop_old(self, until: datetime) -> Iterator[Gone]:
        """Each part in a transaction of its own, which looks again; a note stays of each job, and the audit."""
        last: str | None = ""
        while last is not None:
            with self._records.writing() as connection:
                take_turn(connection, TURN)
                some, last = _part(connection, _over(until), last)
                _drop(connection, [it.id for it in some], self._records.now())
            yield from some


def _part(connection: Connection, over: tuple[ColumnElement[bool], ...], after: str) -> tuple[list[Gone], str | None]:
    """What can go of the next jobs, and where the part after them begins; None: there is none."""
    query = select(JOBS.c.id).where(JOBS.c.id > after, *over).order_by(JOBS.c.id).limit(PART)
    asked = list(connection.execute(query).scalars())
    relatives = _relatives(connection, asked)
    query = select(JOBS.c.id, JOBS.c.finished_at).where(JOBS.c.id.in_(tuple(relatives)), *over)
    free = {row.id: row.finished_at for row in connection.execute(query)}
    held = _held(relatives, relatives.keys() - free.keys())
    gone = [Gone(kind=JOB, id=it, bytes=0, since=at) for it, at in sorted(free.items()) if it not in held]
    return gone, asked[-1] if len(asked) == PART else None


def _over(until: datetime, files: datetime | None = None) -> tuple[ColumnElement[bool], ...]:
    """And nothing is left that somebody could want of them: a file, a journal, a plan, the ids of a source, a letter
    that was not sent yet, an output that rotation decides about."""
    kept = true() if files is None else or_(ARTIFACTS.c.expires_at.is_(None), ARTIFACTS.c.expires_at > files)
    of_journal, of_draft = ARTIFACTS.c.id == JOURNALS.c.artifact_id, ARTIFACTS.c.id == DRAFTS.c.artifact_id
    drafts = or_(DRAFTS.c.id == JOBS.c.draft_id, DRAFTS.c.bundle == JOBS.c.draft_id)
    waiting = and_(DELIVERIES.c.job == JOBS.c.id, DELIVERIES.c.status == Delivered.WAITING.value)
    rotating = and_(OCCURRENCES.c.outcome.in_([one.value for one in ROTATING]), has_schedule())
    decided_about = and_(OCCURRENCES.c.job == JOBS.c.id, or_(rotating, is_undecided(until)))
    return (
        JOBS.c.finished_at <= until,
        ~_any(ARTIFACTS, ARTIFACTS.c.job == JOBS.c.id, kept),
        ~_any(JOURNALS, JOURNALS.c.job == JOBS.c.id, of_journal, kept),
        ~_any(DRAFTS, drafts, of_draft, kept),
        ~_any(PLANS, PLANS.c.id == JOBS.c.plan_id, PLANS.c.draft_id == DRAFTS.c.id, of_draft, kept),
        ~_any(IDENTITY, or_(IDENTITY.c.job == JOBS.c.id, IDENTITY.c.gone_by == JOBS.c.id)),
        ~_any(DELIVERIES, waiting),
        or_(JOBS.c.status != Status.COMPLETED, ~_any(OCCURRENCES, decided_about)),
    )


def _any(table: Any, *which: ColumnElement[bool]) -> ColumnElement[bool]:
    return select(table).where(*which).correlate(JOBS).exists()


def _relatives(connection: Connection, ids: Collection[str]) -> dict[str, frozenset[str]]:
    """These jobs and whatever takes back, or corrects, one of them, or the other way round; each with its own."""
    found: dict[str, frozenset[str]] = {}
    fresh = set(ids)
    while fresh:
        near = or_(JOBS.c.id.in_(fresh), JOBS.c.undoes.in_(fresh), JOBS.c.corrects.in_(fresh))
        rows = connection.execute(select(JOBS.c.id, JOBS.c.undoes, JOBS.c.corrects).where(near)).all()
        known = {row.id: frozenset(it for it in (row.undoes, row.corrects) if it) for row in rows}
        fresh = (known.keys() | {it for near in known.values() for it in near}) - found.keys() - fresh
        found |= known
    return found


def _held(relatives: dict[str, frozenset[str]], needed: Collection[str]) -> set[str]:
    """Those, and all that hang on them."""
    held: set[str] = set()
    fresh = set(needed)
    while fresh:
        held |= fresh
        above = {near for it in fresh for near in relatives.get(it, ())}
        below = {it for it, near in relatives.items() if near & fresh}
        fresh = (above | below) - held
    return held


def _drop(connection: Connection, ids: list[str], now: datetime) -> None:
    """Orders, events and progress go with their job."""
    if not ids:
        return
    note(connection, [Removal(id=it, kind=JOB, job=it, bytes=0, at=now, done_at=now) for it in ids])
    for table in (DELIVERIES, UNITS):
        connection.execute(delete(table).where(table.c.job.in_(ids)))
    connection.execute(delete(JOBS).where(JOBS.c.id.in_(ids)))
