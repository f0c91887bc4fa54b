"""The notes that stay of what was removed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, insert, select

from entrepot.ledger.work_tables import REMOVALS
from entrepot.model.cleanup import Removal


def note(connection: Connection, gone: Sequence[Removal]) -> None:
    """Inside the transaction in which its record goes."""
    if gone:
        connection.execute(insert(REMOVALS), [{**vars(it)} for it in gone])


def removed_at(connection: Connection, id: str) -> datetime | None:
    return connection.execute(select(REMOVALS.c.at).where(REMOVALS.c.id == id)).scalar_one_or_none()
