"""Entrepot's own records and stored files, which belong together: in one folder, or the records on a server."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

from entrepot.expiry import remove_some
from entrepot.ledger.audit import Audit
from entrepot.ledger.opening import FILE, LOCK, Ledger, open_ledger, open_server_ledger, server_place
from entrepot.ledger.orders import other_database
from entrepot.ledger.owners import FOLDER as OWNERS
from entrepot.ledger.secrets import FILE as SECRET
from entrepot.ledger.signs import WORKER_LOCK
from entrepot.model.errors import DamagedError, EntrepotError, InputError, UnavailableError
from entrepot.model.lives import Life
from entrepot.model.ports import Clock
from entrepot.model.quotas import NO_QUOTA, Quota
from entrepot.model.records import ArtifactRecord, Document, JobRecord, Status, StoredArtifact
from entrepot.storage.artifacts import ArtifactStore
from entrepot.storage.faults import storing

ARTIFACTS, COPIES = "artifacts", "copies"
"""The stored files; or copies of those that lie in a bucket."""
IGNORED = ".gitignore"
FILES_LOCK = "files.lock"
"""Whoever puts files into the stores of the application, or takes some away, holds it."""
WORKER_LOG = "worker.log"
OURS = frozenset(
    {FILE, f"{FILE}-wal", f"{FILE}-shm", f"{FILE}-journal", LOCK, ARTIFACTS, OWNERS, IGNORED, SECRET, FILES_LOCK}
    | {WORKER_LOCK, WORKER_LOG, COPIES}
)


@dataclass(frozen=True)
class State:
    ledger: Ledger
    artifacts: ArtifactStore
    folder: Path
    """Of the stored files, and of the records if they are on no server."""
    order: JobRecord | None = None
    """The job that a worker carries out with it, which owns it already."""
    tell: Callable[[], object] | None = None
    """Writes down what that job has reported so far."""
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
        """Of a file that `artifacts` took; without a record the file goes again. Where nobody knows whether there is
        one, it stays: a file without a record harms nobody."""
        try:
            until = None if lasting is None else self.ledger.records.now() + lasting
            return self.ledger.artifacts.add(stored, media_type, expires_at=until, job=job, quota=self.quota)
        except BaseException as error:
            if not isinstance(error, UnavailableError):
                with suppress(EntrepotError):
                    self.artifacts.delete(stored.id)
            raise

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
        if self.tell is not None:
            self.tell()
        return self.ledger.jobs.finish(job, status, receipt=receipt, error=error)

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
        _prepare(folder)
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


def _prepare(folder: Path) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        _adopt(folder)
    ignored = folder / IGNORED
    if not ignored.exists():
        ignored.write_text("# Entrepot's own records hold data of the application.\n*\n", encoding="utf-8")


def _adopt(folder: Path) -> None:
    """Only what is ours already, or empty, becomes private: any other folder is somebody's."""
    names = {path.name for path in folder.iterdir()}
    if FILE not in names and names - OURS:
        raise InputError(
            "not_a_state_folder",
            f"{folder} holds other files, such as {min(names - OURS)}, so that it cannot be the state folder.",
            remedy="Set an empty or a new folder (ENTREPOT_STATE, or [state] folder).",
        )
    found = folder.stat()
    if found.st_mode & 0o077 and found.st_uid == os.geteuid():
        folder.chmod(0o700)
