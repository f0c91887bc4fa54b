"""Plans: what was shown, so that exactly that can be done, within a time."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import insert, select

from entrepot.ledger.notes import removed_at
from entrepot.ledger.records import Records, one
from entrepot.ledger.tables import PLANS
from entrepot.model.errors import ChangedError
from entrepot.model.records import Document, PlanRecord


class Plans:
    def __init__(self, records: Records) -> None:
        self._records = records

    def add(self, draft_id: str, *, database: str, digest: str, summary: Document, expires_at: datetime) -> PlanRecord:
        plan = PlanRecord(
            id=self._records.new_id("plan"),
            draft_id=draft_id,
            database=database,
            digest=digest,
            summary=summary,
            created_at=self._records.now(),
            expires_at=expires_at,
        )
        with self._records.writing() as connection:
            connection.execute(insert(PLANS), {**vars(plan)})
        return plan

    def get(self, id: str) -> PlanRecord:
        """To look at, also when it has expired, as long as it is kept."""
        with self._records.reading() as connection:
            found = connection.execute(select(PLANS).where(PLANS.c.id == id)).first()
            if found is None and (over := removed_at(connection, id)) is not None:
                raise _expired(id, over)
        return _plan(one(found, "plan", id))

    def usable(self, id: str) -> PlanRecord:
        """To be carried out."""
        plan = self.get(id)
        if plan.expires_at <= self._records.now():
            raise _expired(id, plan.expires_at)
        return plan


def _expired(id: str, until: datetime) -> ChangedError:
    return ChangedError(
        "plan_expired",
        f"The plan {id} was good until {until:%Y-%m-%d %H:%M} UTC.",
        remedy="Make a new preview and look at it.",
    )


def _plan(columns: dict[str, Any]) -> PlanRecord:
    return PlanRecord(**columns)
