"""Entrepot's own folder: the ledger and the stored files, which belong together."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

from entrepot.ledger.opening import FILE, LOCK, Ledger, open_ledger
from entrepot.ledger.owners import FOLDER as OWNERS
from entrepot.ledger.owners import is_alive, owning
from entrepot.ledger.secrets import FILE as SECRET
from entrepot.ledger.secrets import known_secret, made_secret
from entrepot.model.errors import DamagedError, EntrepotError, InputError
from entrepot.model.ports import Clock
from entrepot.model.records import ArtifactRecord, JobRecord, StoredArtifact
from entrepot.storage.artifacts import ArtifactStore
from entrepot.storage.faults import storing

ARTIFACTS = "artifacts"
IGNORED = ".gitignore"
FILES_LOCK = "files.lock"
"""Whoever puts files into the stores of the application, or takes some away, holds it."""
WORKFLOWS, WORKER_LOCK, WORKER_LOG = "jobs.db", "worker.lock", "worker.log"
OURS = frozenset(
    {FILE, f"{FILE}-wal", f"{FILE}-shm", f"{FILE}-journal", LOCK, ARTIFACTS, OWNERS, IGNORED, SECRET, FILES_LOCK}
    | {WORKFLOWS, f"{WORKFLOWS}-wal", f"{WORKFLOWS}-shm", WORKER_LOCK, WORKER_LOG}
)


@dataclass(frozen=True)
class State:
    ledger: Ledger
    artifacts: ArtifactStore

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
        """Of a file that `artifacts` took; without a record the file goes again."""
        try:
            until = None if lasting is None else self.ledger.records.now() + lasting
            return self.ledger.artifacts.add(stored, media_type, expires_at=until, job=job)
        except BaseException:
            with suppress(EntrepotError):
                self.artifacts.delete(stored.id)
            raise

    def owning(self) -> AbstractContextManager[str]:
        """The name of an owner of jobs, who lives as long as the block, or this process."""
        return owning(self.ledger.records.place.parent)

    def is_alive(self, owner: str) -> bool:
        return is_alive(self.ledger.records.place.parent, owner)

    def secret(self) -> bytes:
        """The key of this installation, with which it knows again what it wrote itself."""
        return made_secret(self.ledger.records.place.parent)

    def known_secret(self) -> bytes | None:
        """None: nothing was ever signed here."""
        return known_secret(self.ledger.records.place.parent)

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

    def clean(self) -> None:
        """Delete what is no longer kept. Files that no record knows stay: perhaps the records are what was lost."""
        for expired in self.ledger.artifacts.expired():
            self.artifacts.delete(expired)
            self.ledger.artifacts.forget(expired)

    def check(self) -> str:
        """How much there is, in words; DamagedError if something is missing."""
        self.ledger.check()
        known, stored = self.ledger.artifacts.known(), self.artifacts.stored()
        if known - stored:
            raise DamagedError(
                "artifact_missing",
                f"{len(known - stored)} stored files are not there: {', '.join(sorted(known - stored)[:3])}.",
                remedy=f"Put them back into {self.artifacts.folder} from a backup.",
            )
        unknown = f", {len(stored - known)} that no record knows" if stored - known else ""
        return f"{len(known)} stored files{unknown}"


@contextmanager
def open_state(folder: Path, clock: Clock, chance: Callable[[int], bytes] = os.urandom) -> Iterator[State]:
    """Made if it is not there yet; what has expired is deleted, if that can be done now."""
    with storing(folder):
        _prepare(folder)
    with open_ledger(folder, clock, chance) as ledger:
        state = State(ledger, ArtifactStore(folder=folder / ARTIFACTS, identify=ledger.records.new_id))
        with suppress(EntrepotError):
            state.clean()
        yield state


def described(folder: Path, clock: Clock) -> str:
    """For people; makes nothing."""
    if not (folder / FILE).exists():
        return f"nothing yet; it will be in {folder}"
    with open_state(folder, clock) as state:
        return f"{folder}: {state.check()}"


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
