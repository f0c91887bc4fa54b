"""Schedules that are kept here, and since when those of the settings are as they are."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, delete, exists, insert, select, update

from entrepot.ledger.records import Records, one
from entrepot.ledger.tables import JOBS
from entrepot.ledger.turns import take_turn
from entrepot.ledger.work_tables import OCCURRENCES, SCHEDULES
from entrepot.model.errors import ChangedError
from entrepot.model.schedules import Missed, Noted, Outcome, Overlap, Schedule, ScheduleRecord

LOG = logging.getLogger("entrepot.schedules")
CONFIGURED = "configured:"
"""What the ids of those begin with that stand in the settings; no name has a colon."""
NOBODY_DECIDES = timedelta(days=30)
"""Who has a schedule may be away for so long."""
ABSENT: Mapping[str, Any] = {}
"""What is noted of one that the settings have no longer."""


class Schedules:
    def __init__(self, records: Records) -> None:
        self._records = records

    def add(self, schedule: Schedule) -> ScheduleRecord:
        """ChangedError `schedule_exists` if there is one of that name."""
        now = self._records.now()
        record = ScheduleRecord(id=self._records.new_id("sch"), schedule=schedule, created_at=now, since=now)
        with self._records.writing() as connection:
            take_turn(connection, SCHEDULES.name, schedule.name)
            if connection.execute(select(SCHEDULES.c.id).where(SCHEDULES.c.name == schedule.name)).first():
                raise schedule_exists(schedule.name)
            connection.execute(insert(SCHEDULES), _row(record))
        return record

    def all(self) -> tuple[ScheduleRecord, ...]:
        """By their names. What a newer version wrote and this one cannot read is passed over, and told."""
        own = SCHEDULES.c.id.not_like(f"{CONFIGURED}%")
        with self._records.reading() as connection:
            rows = connection.execute(select(SCHEDULES).where(own).order_by(SCHEDULES.c.name))
            found = [_readable(dict(row._mapping)) for row in rows]
        return tuple(record for record in found if record is not None)

    def pause(self, id: str, *, paused: bool) -> ScheduleRecord:
        """Times that come while it is paused do not count, also when it is resumed."""
        with self._records.writing() as connection:
            found = _record(one(connection.execute(row_of(id)).first(), "schedule", id))
            if found.schedule.paused == paused:
                return found
            since = self._records.now()
            changed = update(SCHEDULES).where(SCHEDULES.c.id == id)
            connection.execute(changed.values(paused=int(paused), updated_at=since))
        return replace(found, schedule=replace(found.schedule, paused=paused), since=since)

    def remove(self, id: str) -> None:
        """Its jobs and their outputs stay."""
        with self._records.writing() as connection:
            connection.execute(delete(SCHEDULES).where(SCHEDULES.c.id == id))
            connection.execute(delete(OCCURRENCES).where(OCCURRENCES.c.schedule == id))

    def noted(self) -> Mapping[str, Noted]:
        """Those of the settings, by their ids."""
        with self._records.reading() as connection:
            rows = connection.execute(select(SCHEDULES).where(SCHEDULES.c.id.like(f"{CONFIGURED}%")))
            return {row.id: _noted(row) for row in rows}

    def note(self, id: str, facts: Mapping[str, Any], *, paused: bool) -> Noted:
        """That one of the settings is so from now on, unless another process was quicker to say it."""
        now = self._records.now()
        values = {"facts": facts, "paused": int(paused), "updated_at": now}
        with self._records.writing() as connection:
            take_turn(connection, SCHEDULES.name, id)
            found = connection.execute(row_of(id)).first()
            if found is None:
                connection.execute(insert(SCHEDULES), {"id": id, "name": id, "created_at": now, **values})
            elif (known := _noted(found)).facts == facts and known.paused == paused:
                return known
            else:
                connection.execute(update(SCHEDULES).where(SCHEDULES.c.id == id).values(**values))
        return Noted(facts=facts, paused=paused, created_at=found.created_at if found else now, since=now)

    def begin_again(self, id: str) -> datetime:
        """Times count from now on: since when they did was written by a clock that was wrong."""
        now = self._records.now()
        later = (SCHEDULES.c.id == id, SCHEDULES.c.updated_at > now)
        with self._records.writing() as connection:
            connection.execute(update(SCHEDULES).where(*later).values(updated_at=now))
        return now


def row_of(id: str) -> Select[Any]:
    """To be changed by nobody else until the transaction ends."""
    return select(SCHEDULES).where(SCHEDULES.c.id == id).with_for_update()


def has_schedule() -> ColumnElement[bool]:
    """Of an occurrence: somebody may decide about it."""
    return exists().where(SCHEDULES.c.id == OCCURRENCES.c.schedule, SCHEDULES.c.facts != ABSENT)


def is_undecided(until: datetime) -> ColumnElement[bool]:
    """Of an occurrence and its job: rotation has to decide yet about what was made."""
    late = JOBS.c.finished_at > until - NOBODY_DECIDES
    return and_(OCCURRENCES.c.outcome == Outcome.SUBMITTED.value, has_schedule(), late)


def schedule_exists(name: str) -> ChangedError:
    return ChangedError(
        "schedule_exists",
        f"There is a schedule '{name}' already.",
        remedy=f"Give it another name, or remove that one first: entrepot schedule remove {name}",
    )


def _row(record: ScheduleRecord) -> dict[str, Any]:
    facts = asdict(record.schedule)
    return {
        "id": record.id,
        "name": facts.pop("name"),
        "paused": int(facts.pop("paused")),
        "facts": facts,
        "created_at": record.created_at,
        "updated_at": record.since,
    }


def _readable(columns: dict[str, Any]) -> ScheduleRecord | None:
    try:
        return _record(columns)
    except (KeyError, TypeError, ValueError) as error:
        _tell_once(columns["name"], repr(error))
        return None


@lru_cache(maxsize=1000)
def _tell_once(name: str, problem: str) -> None:
    LOG.warning("The schedule '%s' is not as this version knows them, and does not run: %s", name, problem)


def _record(columns: dict[str, Any]) -> ScheduleRecord:
    facts: dict[str, Any] = dict(columns["facts"])
    facts |= {"missed": Missed(facts["missed"]), "overlap": Overlap(facts["overlap"])}
    schedule = Schedule(name=columns["name"], paused=bool(columns["paused"]), **facts)
    return ScheduleRecord(
        id=columns["id"], schedule=schedule, created_at=columns["created_at"], since=columns["updated_at"]
    )


def _noted(row: Row[Any]) -> Noted:
    return Noted(facts=row.facts, paused=bool(row.paused), created_at=row.created_at, since=row.updated_at)
