"""Which files are stored, whose they are and how long they are kept; the bytes lie in the artifact store."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Text, delete, exists, insert, or_, select, type_coerce, union, update

from entrepot.ledger.records import Records, one, require_owner
from entrepot.ledger.schedules import is_undecided
from entrepot.ledger.tables import ARTIFACTS, DRAFTS, JOBS
from entrepot.ledger.usage import must_fit_in_turn
from entrepot.ledger.work_tables import OCCURRENCES, ORDERS, PARTS
from entrepot.model.quotas import NO_QUOTA, Quota
from entrepot.model.records import ArtifactRecord, JobRecord, StoredArtifact

PART = "part"
"""The kind of what a part of a large export came to."""
GIVEN = "given"
"""That of what came with an order."""


class Artifacts:
    def __init__(self, records: Records) -> None:
        self._records = records

    def add(
        self,
        stored: Sequence[tuple[StoredArtifact, str]],
        *,
        expires_at: datetime | None,
        job: JobRecord | None = None,
        quota: Quota = NO_QUOTA,
    ) -> list[ArtifactRecord]:
        """Files with their media types: all of them, or none. Only its owner can give a job something. QuotaError if it
        is more than may be."""
        known = {"job": job.id if job else None, "created_at": self._records.now(), "expires_at": expires_at}
        records = [
            ArtifactRecord(**vars(each), media_type=media, **known, tenant=quota.tenant) for each, media in stored
        ]
        with self._records.writing() as connection:
            if job is not None:
                require_owner(connection, job)
            must_fit_in_turn(connection, quota, sum(each.bytes for each in records))
            connection.execute(insert(ARTIFACTS), [{**vars(each)} for each in records])
        return records

    def get(self, id: str) -> ArtifactRecord:
        with self._records.reading() as connection:
            found = connection.execute(select(ARTIFACTS).where(ARTIFACTS.c.id == id)).first()
        return artifact_of(one(found, "artifact", id))

    def of_job(self, job: str, kind: str | None = None) -> tuple[ArtifactRecord, ...]:
        query = select(ARTIFACTS).where(ARTIFACTS.c.job == job).order_by(ARTIFACTS.c.id)
        if kind is not None:
            query = query.where(ARTIFACTS.c.kind == kind)
        with self._records.reading() as connection:
            return tuple(artifact_of(dict(row._mapping)) for row in connection.execute(query))

    def keep_until(self, id: str, moment: datetime) -> None:
        """At least so long: a draft stays as long as the journal that needs it."""
        sooner = (ARTIFACTS.c.id == id, ARTIFACTS.c.expires_at < moment)
        with self._records.writing() as connection:
            connection.execute(update(ARTIFACTS).where(*sooner).values(expires_at=moment))

    def known(self) -> frozenset[str]:
        """All ids."""
        with self._records.reading() as connection:
            return frozenset(connection.execute(select(ARTIFACTS.c.id)).scalars())

    def forget(self, id: str) -> None:
        """With the draft, plans or journal that it was; its file must be gone by now."""
        with self._records.writing() as connection:
            connection.execute(delete(ARTIFACTS).where(ARTIFACTS.c.id == id))


def not_needed(until: datetime) -> tuple[ColumnElement[bool], ...]:
    """By a job at work, or one that waits: neither its own, nor those of the job whose changes it takes back, nor their
    drafts, nor what others have made for it, nor the files that came with its order. Nor by rotation, which has
    not decided yet about what a run of a schedule has made: it does within a second, where it has the schedule."""
    at_work = JOBS.c.finished_at.is_(None)
    jobs = union(select(JOBS.c.id).where(at_work), select(JOBS.c.undoes).where(at_work, JOBS.c.undoes.is_not(None)))
    theirs = or_(JOBS.c.draft_id == DRAFTS.c.id, JOBS.c.draft_id == DRAFTS.c.bundle)
    drafts = select(DRAFTS.c.artifact_id).join(JOBS, theirs).where(JOBS.c.id.in_(jobs))
    named = type_coerce(PARTS.c.made, Text).contains(ARTIFACTS.c.id)
    made = exists().where(ARTIFACTS.c.kind == PART, PARTS.c.job.in_(jobs), named)
    ordered = type_coerce(ORDERS.c.request, Text).contains(ARTIFACTS.c.id)
    given = exists().where(ARTIFACTS.c.kind == GIVEN, JOBS.c.id == ORDERS.c.job, at_work, ordered)
    run = (OCCURRENCES.c.job == ARTIFACTS.c.job, JOBS.c.id == ARTIFACTS.c.job)
    undecided = exists().where(*run, is_undecided(until))
    free = or_(ARTIFACTS.c.job.is_(None), ARTIFACTS.c.job.not_in(jobs))
    return free, ARTIFACTS.c.id.not_in(drafts), ~made, ~given, ~undecided


def artifact_of(columns: dict[str, Any]) -> ArtifactRecord:
    return ArtifactRecord(**columns)
