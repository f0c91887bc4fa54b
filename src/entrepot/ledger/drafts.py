"""Drafts: what is to be imported and how; a changed request is another draft of the same file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import insert, or_, select

from entrepot.ledger.records import Records, one
from entrepot.ledger.tables import DRAFTS
from entrepot.model.records import Document, DraftRecord, StoredArtifact


class Drafts:
    def __init__(self, records: Records) -> None:
        self._records = records

    def add(self, artifact: StoredArtifact, request: Document, staged: Document | None = None) -> DraftRecord:
        """Of a file that `Artifacts` knows."""
        draft = self._made(artifact, request, staged)
        self._keep([draft])
        return draft

    def add_bundle(self, given: Sequence[tuple[StoredArtifact, Document]]) -> tuple[DraftRecord, ...]:
        """The tables of one import, in this order; the first draft stands for all of them."""
        drafts = [self._made(artifact, request, None) for artifact, request in given]
        bundle = tuple(replace(draft, bundle=drafts[0].id, part=at) for at, draft in enumerate(drafts))
        self._keep(bundle)
        return bundle

    def _made(self, artifact: StoredArtifact, request: Document, staged: Document | None) -> DraftRecord:
        return DraftRecord(
            id=self._records.new_id("draft"),
            artifact_id=artifact.id,
            name=artifact.name,
            bytes=artifact.bytes,
            sha256=artifact.sha256,
            request=request,
            staged=staged,
            created_at=self._records.now(),
        )

    def _keep(self, drafts: Sequence[DraftRecord]) -> None:
        with self._records.writing() as connection:
            connection.execute(insert(DRAFTS), [{**vars(draft)} for draft in drafts])

    def get(self, id: str) -> DraftRecord:
        with self._records.reading() as connection:
            found = connection.execute(select(DRAFTS).where(DRAFTS.c.id == id)).first()
        return _draft(one(found, "draft", id))

    def of_bundle(self, id: str) -> tuple[DraftRecord, ...]:
        """All drafts of an import, in their order, by the one that stands for them."""
        query = select(DRAFTS).where(or_(DRAFTS.c.bundle == id, DRAFTS.c.id == id)).order_by(DRAFTS.c.part)
        with self._records.reading() as connection:
            return tuple(_draft(dict(row._mapping)) for row in connection.execute(query))


def _draft(columns: dict[str, Any]) -> DraftRecord:
    return DraftRecord(**columns)
