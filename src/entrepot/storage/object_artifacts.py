"""Stored files in a bucket: the same store, whose files lie there, and here only as long as they are read.

What comes in is written to a file here first: what is sent can then be sent again, and its SHA-256 is known before.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

from entrepot.model.errors import DamagedError
from entrepot.model.identifiers import is_identifier
from entrepot.model.receipts import FileReceipt
from entrepot.model.records import StoredArtifact
from entrepot.storage.artifacts import ArtifactStore, Incoming, missing
from entrepot.storage.bucket import Bucket
from entrepot.storage.bucket_failures import damaged
from entrepot.storage.faults import storing

KEPT_SECONDS = 7 * 24 * 3600
"""How long a copy stays here that nobody has read since."""


@dataclass(frozen=True, kw_only=True)
class ObjectArtifacts(ArtifactStore):
    """`folder` has copies."""

    bucket: Bucket

    @property
    def place(self) -> str:
        return self.bucket.place

    @contextmanager
    def receive(self, kind: str, name: str) -> Iterator[Incoming]:
        with super().receive(kind, name) as incoming:
            yield incoming
        self._send(incoming.stored)

    def adopt(self, finished: Path, kind: str, receipt: FileReceipt) -> StoredArtifact:
        """The copy goes again: nobody will read it here."""
        stored = super().adopt(finished, kind, receipt)
        self._send(stored)
        self.drop_copy(stored.id)
        return stored

    def _send(self, stored: StoredArtifact) -> None:
        try:
            self.bucket.put(stored.id, self.path(stored.id), stored.bytes, stored.sha256)
        except BaseException:
            self._forget(stored.id)
            raise
        self._drop_old()

    def here(self, id: str) -> Path | None:
        """Fetched, if it is not."""
        path = super().here(id)
        if path is None and (size := self.bucket.size(id)) is not None:
            self._fetch(id, size, None)
            return self.path(id)
        return path

    def size_of(self, id: str) -> int | None:
        return self.bucket.size(id)

    def signed(self, id: str, lasting: timedelta) -> str | None:
        return self.bucket.signed(id, lasting)

    def open(self, id: str) -> BinaryIO:
        if self.here(id) is None:
            raise missing(f"{id} in {self.place}")
        return super().open(id)

    def verify(self, artifact: StoredArtifact) -> Path:
        """A copy here is read again; one that is not right any more is fetched anew."""
        if self.path(artifact.id).exists():
            with suppress(DamagedError):
                return super().verify(artifact)
            self._forget(artifact.id)
        self._fetch(artifact.id, artifact.bytes, artifact.sha256)
        return self.path(artifact.id)

    def read_back(self, artifact: StoredArtifact) -> Path:
        self._forget(artifact.id)
        return self.verify(artifact)

    def _fetch(self, id: str, size: int, sha256: str | None) -> None:
        with self.room(id) as room:
            part, final = room / id, self.path(id)
            with storing(part), os.fdopen(self.disk.create(part), "wb") as file:
                found = self.bucket.read(id, size, file.write)
            if sha256 not in (None, found):
                raise damaged(id, self.place, "has another content than it had (its SHA-256 differs)")
            with storing(final):
                part.chmod(0o600)
                part.replace(final)

    def drop_copy(self, id: str) -> None:
        self._forget(id)

    def delete(self, id: str) -> None:
        self.bucket.delete(id)
        self._forget(id)

    def sizes(self) -> dict[str, int]:
        return {name: size for name, size in self.bucket.sizes().items() if is_identifier(name)}

    def unfinished(self) -> dict[str, int]:
        """Here, and there: what says that a file is on its way, for longer than it can take."""
        return {**super().unfinished(), **self.bucket.old_claims()}

    def sweep(self) -> None:
        super().sweep()
        for claim in self.bucket.old_claims():
            self.bucket.delete(claim)

    def probe(self) -> None:
        self.bucket.probe()

    def _forget(self, id: str) -> None:
        with suppress(OSError):
            self.path(id).unlink(missing_ok=True)

    def _drop_old(self) -> None:
        before = time.time() - KEPT_SECONDS
        for path in self.folder.iterdir():
            with suppress(OSError):
                if is_identifier(path.name) and path.stat().st_mtime < before:
                    path.unlink()
