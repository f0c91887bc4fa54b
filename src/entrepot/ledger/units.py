"""Units: what the transactions of a job are to bring about, written down before each is committed."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, insert, select

from entrepot.ledger.records import Records, require_owner
from entrepot.ledger.tables import UNITS
from entrepot.ledger.turns import take_turn
from entrepot.model.records import Document, JobRecord, UnitRecord


class Units:
    def __init__(self, records: Records) -> None:
        self._records = records

    def note(self, job: JobRecord, unit: int, facts: Document) -> UnitRecord:
        """What was noted of that unit before counts no more. Raises ChangedError `no_longer_owner` if `job` is not the
        owner's any more. Whether it happened, only the mark beside the data says."""
        record = UnitRecord(job=job.id, unit=unit, facts=facts, created_at=self._records.now())
        with self._records.writing() as connection:
            require_owner(connection, job)
            take_turn(connection, UNITS.name, job.id)
            connection.execute(delete(UNITS).where(UNITS.c.job == job.id, UNITS.c.unit == unit))
            connection.execute(insert(UNITS), {**vars(record)})
        return record

    def of_job(self, job: str) -> tuple[UnitRecord, ...]:
        query = select(UNITS).where(UNITS.c.job == job).order_by(UNITS.c.unit)
        with self._records.reading() as connection:
            return tuple(_unit(dict(row._mapping)) for row in connection.execute(query))


def _unit(columns: dict[str, Any]) -> UnitRecord:
    return UnitRecord(**columns)
