"""Drafts: what is to be imported and how; a changed request is another draft of the same file."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert, select

from entrepot.ledger.records import Records, one
from entrepot.ledger.tables import DRAFTS
from entrepot.model.records import Document, DraftRecord, StoredArtifact


class Drafts:
    def __init__(self, records: Records) -> None:
        self._records = records

    def add(self, artifact: StoredArtifact, request: Document, staged: Document | None = None) -> DraftRecord:
        """Of a file that `Artifacts` knows."""
        draft = DraftRecord(
            id=self._records.new_id("draft"),
            artifact_id=artifact.id,
            name=artifact.name,
            bytes=artifact.bytes,
            sha256=artifact.sha256,
            request=request,
            staged=staged,
            created_at=self._records.now(),
        )
        with self._records.writing() as connection:
            connection.execute(insert(DRAFTS), {**vars(draft)})
        return draft

    def get(self, id: str) -> DraftRecord:
        with self._records.reading() as connection:
            found = connection.execute(select(DRAFTS).where(DRAFTS.c.id == id)).first()
        return _draft(one(found, "draft", id))


def _draft(columns: dict[str, Any]) -> DraftRecord:
    return DraftRecord(**columns)
