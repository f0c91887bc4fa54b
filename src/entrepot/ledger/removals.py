"""What was removed, and since when: a record goes with a note that it went, and its file after that, so that whoever
dies in between leaves the file to the next."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, delete, insert, select, update

from entrepot.ledger.artifacts import artifact_of, not_needed
from entrepot.ledger.columns import moment_text
from entrepot.ledger.notes import note
from entrepot.ledger.records import Records
from entrepot.ledger.tables import ARTIFACTS, DRAFTS, INSTALLATION, JOBS, PLANS
from entrepot.ledger.turns import take_turn
from entrepot.ledger.work_tables import REMOVALS
from entrepot.model.cleanup import PLAN, Removal
from entrepot.model.records import ArtifactRecord

TURN, LOOKED, DONE = "cleanup", "cleanup_looked", "cleanup_done"
PART = 500
APART = timedelta(hours=1)
"""Looks that are nearer to each other are one: a clock that is wrong for a minute is asked once."""
REMEMBERED = timedelta(days=730)
"""How long it is known that something was removed."""


class Removals:
    def __init__(self, records: Records) -> None:
        self._records = records

    def expired(self, until: datetime, most: int | None = None) -> tuple[ArtifactRecord, ...]:
        """Stored files whose time was over then, the first to expire first, but for what a job that is not finished
        may need."""
        with self._records.reading() as connection:
            found = connection.execute(_expired(until).limit(most))
            return tuple(artifact_of(dict(row._mapping)) for row in found)

    def take_expired(self, until: datetime, most: int = PART) -> tuple[Removal, ...]:
        """Their records go, with the draft, plans or journal that they were; what is noted instead is what is left to
        do."""
        with self._records.writing() as connection:
            take_turn(connection, TURN)
            now, found = self._records.now(), connection.execute(_expired(until).limit(most)).all()
            gone = [Removal(id=it.id, kind=it.kind, job=it.job, bytes=it.bytes, at=now) for it in found]
            note(connection, gone)
            drafts = select(DRAFTS.c.id).where(DRAFTS.c.artifact_id.in_([it.id for it in gone]))
            _drop_plans(connection, PLANS.c.draft_id.in_(drafts), now)
            connection.execute(delete(ARTIFACTS).where(ARTIFACTS.c.id.in_([it.id for it in gone])))
        return tuple(gone)

    def undone(self) -> tuple[Removal, ...]:
        """Those whose files may still be there."""
        query = select(REMOVALS).where(REMOVALS.c.done_at.is_(None)).order_by(REMOVALS.c.at, REMOVALS.c.id)
        return self._read(query)

    def done(self, ids: Sequence[str]) -> None:
        with self._records.writing() as connection:
            now = self._records.now()
            connection.execute(update(REMOVALS).where(REMOVALS.c.id.in_(tuple(ids))).values(done_at=now))

    def of_job(self, job: str, kind: str) -> tuple[Removal, ...]:
        """The first first."""
        mine = (REMOVALS.c.job == job, REMOVALS.c.kind == kind)
        return self._read(select(REMOVALS).where(*mine).order_by(REMOVALS.c.at, REMOVALS.c.id))

    def old_plans(self, until: datetime) -> int:
        """How many plans were good until before then, and nobody carried out."""
        with self._records.reading() as connection:
            return len(connection.execute(select(PLANS.c.id).where(*_unused(until))).all())

    def drop_plans(self, until: datetime) -> int:
        with self._records.writing() as connection:
            take_turn(connection, TURN)
            return _drop_plans(connection, and_(*_unused(until)), self._records.now())

    def forget(self) -> None:
        """That something went, long ago."""
        long_ago = self._records.now() - REMEMBERED
        with self._records.writing() as connection:
            connection.execute(delete(REMOVALS).where(REMOVALS.c.done_at < long_ago))

    def look(self) -> datetime | None:
        """At the clock. What was over by then is over, also if the clock is wrong now: it was looked at before, an hour
        ago or more. None: nobody did."""
        now = self._records.now()
        with self._records.writing() as connection:
            said = _said(connection, LOOKED)
            sure, looked = _next(said, now)
            _say(connection, LOOKED, said, " ".join(moment_text(it) for it in (sure, looked) if it is not None))
        return sure

    def begin(self) -> bool:
        """Whether a worker is to clean up by itself: none has for an hour. Whoever only looked at the clock, when the
        folder was opened, has not."""
        now = self._records.now()
        with self._records.writing() as connection:
            said = _said(connection, DONE)
            if said is not None and timedelta() <= now - datetime.fromisoformat(said) < APART:
                return False
            _say(connection, DONE, said, moment_text(now))
        return True

    def _read(self, query: Select[Any]) -> tuple[Removal, ...]:
        with self._records.reading() as connection:
            return tuple(_removal(dict(row._mapping)) for row in connection.execute(query))


def _drop_plans(connection: Connection, which: ColumnElement[bool], now: datetime) -> int:
    """How many; what is noted of each is until when it was good. They are not named: there may be more of them than a
    statement takes parameters."""
    plans = connection.execute(delete(PLANS).where(which).returning(PLANS.c.id, PLANS.c.expires_at)).all()
    ends = [(plan.id, min(plan.expires_at, now)) for plan in plans]
    note(connection, [Removal(id=it, kind=PLAN, job=None, bytes=0, at=end, done_at=now) for it, end in ends])
    return len(ends)


def _said(connection: Connection, name: str) -> str | None:
    """In turn: whoever says something else next has seen it."""
    take_turn(connection, name)
    query = select(INSTALLATION.c.value).where(INSTALLATION.c.name == name)
    return connection.execute(query).scalar_one_or_none()


def _say(connection: Connection, name: str, said: str | None, value: str) -> None:
    if said is None:
        connection.execute(insert(INSTALLATION), {"name": name, "value": value})
    elif value != said:
        connection.execute(update(INSTALLATION).where(INSTALLATION.c.name == name).values(value=value))


def _removal(columns: dict[str, Any]) -> Removal:
    return Removal(**columns)


def _expired(until: datetime) -> Select[Any]:
    over = (ARTIFACTS.c.expires_at <= until, *not_needed(until))
    return select(ARTIFACTS).where(*over).order_by(ARTIFACTS.c.expires_at, ARTIFACTS.c.id)


def _unused(until: datetime) -> tuple[Any, ...]:
    carried_out = select(JOBS.c.id).where(JOBS.c.plan_id == PLANS.c.id).exists()
    return PLANS.c.expires_at <= until, ~carried_out


def _next(said: str | None, now: datetime) -> tuple[datetime | None, datetime]:
    """What is sure from this look on, and when it was looked."""
    *before, looked = [datetime.fromisoformat(word) for word in said.split()] if said else [now]
    sure = before[0] if before else None
    if now < looked:  # the clock was put back: what it said in between counts for nothing
        return (None if sure is None else min(sure, now)), now
    return (looked, now) if now - looked >= APART else (sure, looked)
