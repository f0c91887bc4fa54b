"""Journals: which stored files undo which job."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, insert, select

from entrepot.ledger.records import Records, require_owner
from entrepot.ledger.tables import JOURNALS
from entrepot.ledger.turns import take_turn
from entrepot.model.records import Document, JobRecord, JournalRecord


class Journals:
    def __init__(self, records: Records) -> None:
        self._records = records

    def add(self, job: JobRecord, entity: str, *, artifact_id: str, facts: Document, unit: int = 0) -> JournalRecord:
        """Before the change is committed. A batch that is tried again gets another journal, and the old one counts no
        more. Raises ChangedError `no_longer_owner` if `job` is not the owner's any more."""
        now = self._records.now()
        record = JournalRecord(
            job=job.id, unit=unit, entity=entity, artifact_id=artifact_id, facts=facts, created_at=now
        )
        same = (JOURNALS.c.job == job.id, JOURNALS.c.unit == unit, JOURNALS.c.entity == entity)
        with self._records.writing() as connection:
            require_owner(connection, job)
            take_turn(connection, JOURNALS.name, job.id)
            connection.execute(delete(JOURNALS).where(*same))
            connection.execute(insert(JOURNALS), {**vars(record)})
        return record

    def of_job(self, job: str) -> tuple[JournalRecord, ...]:
        """In the order of the batches; none if they have expired."""
        query = select(JOURNALS).where(JOURNALS.c.job == job).order_by(JOURNALS.c.unit, JOURNALS.c.created_at)
        with self._records.reading() as connection:
            return tuple(_journal(dict(row._mapping)) for row in connection.execute(query))


def _journal(columns: dict[str, Any]) -> JournalRecord:
    return JournalRecord(**columns)
