"""Entrepot's own records and stored files, which belong together: in one folder, or the records on a server."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

from entrepot.expiry import remove_some
from entrepot.ledger.audit import Audit
from entrepot.ledger.opening import FILE, Ledger, open_ledger, open_server_ledger, server_place
from entrepot.ledger.orders import other_database
from entrepot.model.errors import DamagedError, EntrepotError, UnavailableError
from entrepot.model.lives import Life
from entrepot.model.orders import Finishing
from entrepot.model.ports import Clock
from entrepot.model.quotas import NO_QUOTA, Quota
from entrepot.model.records import ArtifactRecord, Document, JobRecord, Status, StoredArtifact
from entrepot.state_folder import ARTIFACTS, COPIES, prepare
from entrepot.storage.artifacts import ArtifactStore
from entrepot.storage.faults import storing


@dataclass(frozen=True)
class State:
    ledger: Ledger
    artifacts: ArtifactStore
    folder: Path
    """Of the stored files, and of the records if they are on no server."""
    order: JobRecord | None = None
    """The job that a worker carries out with it, which owns it already."""
    end: Finishing | None = None
    """Of that job, with what it has reported."""
    quota: Quota = NO_QUOTA

    @property
    def audit(self) -> Audit:
        return Audit(self.ledger.records, self.secret)

    def store(
        self,
        source: Path | BinaryIO,
        kind: str,
        media_type: str,
        *,
        name: str,
        lasting: timedelta | None,
        job: JobRecord | None = None,
    ) -> ArtifactRecord:
        """The file first, then its record. `lasting` None: for ever."""
        return self.record(self.artifacts.put(source, kind, name), media_type, lasting=lasting, job=job)

    def record(
        self, stored: StoredArtifact, media_type: str, *, lasting: timedelta | None, job: JobRecord | None = None
    ) -> ArtifactRecord:
        """Of a file that `artifacts` took."""
        return self.record_all([(stored, media_type)], lasting=lasting, job=job)[0]

    def record_all(
        self, stored: Sequence[tuple[StoredArtifact, str]], *, lasting: timedelta | None, job: JobRecord | None
    ) -> list[ArtifactRecord]:
        """Of several, with their media types. Without records the files go again. Where nobody knows whether there are
        any, they stay: a file without a record harms nobody."""
        try:
            until = None if lasting is None else self.ledger.records.now() + lasting
            return self.ledger.artifacts.add(stored, expires_at=until, job=job, quota=self.quota)
        except BaseException as error:
            if not isinstance(error, UnavailableError):
                self.drop(stored)
            raise

    def drop(self, stored: Iterable[tuple[StoredArtifact, str]]) -> None:
        """Files that no record knows; one that stays harms nobody."""
        for each, _ in stored:
            with suppress(EntrepotError):
                self.artifacts.delete(each.id)

    def owning(self, life: Life | None = None) -> AbstractContextManager[str]:
        """The name of an owner of jobs, who lives as long as the block, or this process; `life`: of a worker."""
        return self.ledger.home.owning(life) if self.order is None else nullcontext(self.order.owner)

    def begin(
        self,
        kind: str,
        *,
        owner: str,
        database: str,
        entity: str | None,
        plan_id: str | None = None,
        draft_id: str | None = None,
        undoes: str | None = None,
        corrects: str | None = None,
    ) -> JobRecord:
        """A job; for a worker the one that was ordered, of which more is known now."""
        jobs, known = self.ledger.jobs, {"entity": entity, "plan_id": plan_id, "draft_id": draft_id}
        if self.order is None:
            return jobs.begin(kind, owner=owner, database=database, undoes=undoes, corrects=corrects, **known)
        if self.order.database != database:
            raise other_database(self.order, database)
        return jobs.become(self.order, undoes=undoes, corrects=corrects, **known)

    def finish(
        self, job: JobRecord, status: Status, *, receipt: Document | None = None, error: Document | None = None
    ) -> JobRecord:
        """Nothing is told behind the end."""
        end = self.end or self.ledger.jobs.finish
        return end(job, status, receipt=receipt, error=error)

    def is_alive(self, owner: str) -> bool:
        return self.ledger.home.is_alive(owner)

    def secret(self) -> bytes:
        """The key of this installation, with which it knows again what it wrote itself."""
        return self.ledger.home.made_secret()

    def known_secret(self) -> bytes | None:
        """None: nothing was ever signed here."""
        return self.ledger.home.known_secret()

    def keep_draft(self, draft_id: str, lasting: timedelta) -> None:
        """From now on, at least so long: as long as the journal that can undo with it."""
        until = self.ledger.records.now() + lasting
        for draft in self.ledger.drafts.of_bundle(draft_id):
            self.ledger.artifacts.keep_until(draft.artifact_id, until)

    @contextmanager
    def taking(self) -> Iterator[list[ArtifactRecord]]:
        """What is put there goes if it comes to nothing: until drafts tell of it, nobody would know what it was for."""
        taken: list[ArtifactRecord] = []
        try:
            yield taken
        except BaseException:
            for record in taken:
                self.artifacts.delete(record.id)
                self.ledger.artifacts.forget(record.id)
            raise

    def check(self) -> str:
        """How much there is, in words; DamagedError if something is missing."""
        self.ledger.check()
        self.artifacts.probe()
        known, stored = self.ledger.artifacts.known(), self.artifacts.stored()
        if known - stored:
            raise DamagedError(
                "artifact_missing",
                f"{len(known - stored)} stored files are not there: {', '.join(sorted(known - stored)[:3])}.",
                remedy=f"Put them back into {self.artifacts.place} from a backup.",
            )
        unknown = f", {len(stored - known)} that no record knows" if stored - known else ""
        return f"{len(known)} stored files{unknown}"


@dataclass(frozen=True, kw_only=True)
class Elsewhere:
    """What does not lie in the folder."""

    url: str | None = None
    """Of the server that has the records."""
    bucket: str | None = None
    """Of the stored files."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """In which the keys of the bucket are."""


HERE = Elsewhere()


@contextmanager
def open_state(
    folder: Path, clock: Clock, chance: Callable[[int], bytes] = os.urandom, elsewhere: Elsewhere = HERE
) -> Iterator[State]:
    """Made if it is not there yet; of what has expired and lies in the folder, some is deleted, if that can be done
    now. A bucket may take a minute to say that it cannot."""
    with storing(folder):
        prepare(folder)
    url = elsewhere.url
    with open_ledger(folder, clock, chance) if url is None else open_server_ledger(url, clock, chance) as ledger:
        state = State(ledger, _artifacts(folder, ledger.records.new_id, elsewhere), folder)
        if elsewhere.bucket is None:
            with suppress(EntrepotError):
                remove_some(ledger, state.artifacts)
        yield state


def _artifacts(folder: Path, identify: Callable[[str], str], elsewhere: Elsewhere) -> ArtifactStore:
    if elsewhere.bucket is None:
        return ArtifactStore(folder=folder / ARTIFACTS, identify=identify)

    from entrepot.storage.bucket import Bucket
    from entrepot.storage.object_artifacts import ObjectArtifacts

    bucket = Bucket(elsewhere.bucket, elsewhere.environment)
    return ObjectArtifacts(folder=folder / COPIES, identify=identify, bucket=bucket)


def described(folder: Path, clock: Clock, elsewhere: Elsewhere = HERE) -> str:
    """For people; makes nothing."""
    url = elsewhere.url
    place, exists = (str(folder), (folder / FILE).exists()) if url is None else server_place(url)
    if not exists:
        return f"nothing yet; it will be in {place}"
    with open_state(folder, clock, elsewhere=elsewhere) as state:
        apart = url is not None or elsewhere.bucket is not None
        return f"{place}{f', files in {state.artifacts.place}' if apart else ''}: {state.check()}"
