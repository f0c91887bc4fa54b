"""Stored files: drafts, journals, failed rows. Each lies under its id, whole or not at all, for its owner alone.

What a file is called is remembered elsewhere and never becomes a path.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

from entrepot.model.errors import DamagedError, InputError
from entrepot.model.identifiers import is_identifier
from entrepot.model.receipts import FileReceipt
from entrepot.model.records import StoredArtifact
from entrepot.storage.bounds import BoundedDisk, Limit, must_have_room, unlimited
from entrepot.storage.copying import BLOCK, Told, copy, copy_file, nobody
from entrepot.storage.disk import Disk
from entrepot.storage.faults import reading, storing
from entrepot.storage.layers import HashedFile
from entrepot.storage.parts import left_over, part_folder, sweep

PREFIX = "file"


@dataclass(frozen=True, kw_only=True)
class Incoming:
    """A file that comes in pieces; `stored` is what it is, once the block that took it has ended."""

    id: str
    kind: str
    name: str
    sink: HashedFile

    def write(self, data: bytes, /) -> object:
        return self.sink.write(data)

    @property
    def stored(self) -> StoredArtifact:
        return StoredArtifact(id=self.id, kind=self.kind, name=self.name, bytes=self.sink.size, sha256=self.sink.sha256)


@dataclass(frozen=True, kw_only=True)
class ArtifactStore:
    folder: Path
    """Made when the first file is put."""
    identify: Callable[[str], str]
    """Makes an id that begins with a word."""
    disk: Disk = field(default_factory=Disk)
    limit: Limit = unlimited

    @property
    def place(self) -> str:
        """Where the files lie, for people."""
        return str(self.folder)

    def probe(self) -> None:
        """Whether what is written there can be read again; a folder was asked when it was opened."""

    def put(self, source: Path | BinaryIO, kind: str, name: str, told: Told = nobody) -> StoredArtifact:
        """A copy of `source` from where it stands to its end. `told` hears the size of every block, and may raise."""
        if isinstance(source, Path):
            self._must_fit(source, name)
        with self.receive(kind, name) as incoming:
            if isinstance(source, Path):
                copy_file(source, incoming, told)
            else:
                copy(source, incoming, told)
        return incoming.stored

    def _must_fit(self, source: Path, name: str) -> None:
        """Before the first byte, of what has a size already."""
        with reading(source):
            size = source.stat().st_size
        must_have_room(self.folder, size, f"A copy of {name}")
        self.limit()(size)

    def room(self, name: str) -> AbstractContextManager[Path]:
        """A private folder beside the stored files, whose files can be adopted; gone afterwards."""
        with storing(self.folder):
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        sweep(self.folder)
        return part_folder(self.folder, name)

    def adopt(self, finished: Path, kind: str, receipt: FileReceipt) -> StoredArtifact:
        """A file from such a folder, which is on the disk already and is what its receipt says."""
        fresh = self.identify(PREFIX)
        self.limit()(receipt.bytes)
        with storing(finished):
            finished.chmod(0o600)
        self._publish(finished, self.path(fresh))
        return StoredArtifact(id=fresh, kind=kind, name=receipt.name, bytes=receipt.bytes, sha256=receipt.sha256)

    @contextmanager
    def receive(self, kind: str, name: str) -> Iterator[Incoming]:
        """A new file, which comes in pieces; it is there, on the disk too, when the block has ended well."""
        fresh = self.identify(PREFIX)
        with self._writing(fresh) as sink:
            incoming = Incoming(id=fresh, kind=kind, name=name, sink=sink)
            yield incoming

    @contextmanager
    def _writing(self, id: str) -> Iterator[HashedFile]:
        final = self.path(id)
        with storing(self.folder):
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        sweep(self.folder)
        with part_folder(self.folder, id) as room:
            part = room / id
            with storing(final):
                descriptor = self.disk.create(part)
            try:
                os.fchmod(descriptor, 0o600)
                sink = HashedFile(BoundedDisk(self.disk, self.limit()), descriptor, final)
                yield sink
                sink.finish()
            finally:
                os.close(descriptor)
            self._publish(part, final)

    def _publish(self, part: Path, final: Path) -> None:
        with storing(final):
            self.disk.publish(part, final)
            try:
                self.disk.sync_folder(self.folder)
            except OSError:
                with suppress(OSError):
                    self.disk.remove(final)
                raise

    def path(self, id: str) -> Path:
        """Where the file of that id lies, or would lie."""
        if not is_identifier(id):
            raise InputError("unknown_artifact", f"'{id}' is not the id of a stored file.", remedy="Check the id.")
        return self.folder / id

    def here(self, id: str) -> Path | None:
        """Where it can be read; None: it is no longer kept."""
        path = self.path(id)
        return path if path.exists() else None

    def size_of(self, id: str) -> int | None:
        """How large it is where it is kept; None: it is no longer."""
        path = self.path(id)
        return path.stat().st_size if path.exists() else None

    def signed(self, id: str, lasting: timedelta) -> str | None:
        """A URL by which anybody may read it for a while; None: it lies here, and nobody serves it."""
        return None

    def open(self, id: str) -> BinaryIO:
        path = self.path(id)
        with reading(path):
            try:
                return path.open("rb")
            except FileNotFoundError:
                raise missing(path) from None

    def verify(self, artifact: StoredArtifact) -> Path:
        """Read all of it: DamagedError `artifact_damaged` unless it is what was stored. Where it lies."""
        path = self.path(artifact.id)
        with self.open(artifact.id) as file, reading(path):
            size = os.fstat(file.fileno()).st_size
            if size != artifact.bytes:
                raise _damaged(path, f"has {size} bytes instead of {artifact.bytes}")
            if _digest(file) != artifact.sha256:
                raise _damaged(path, "has another content than it had (its SHA-256 differs)")
        return path

    def drop_copy(self, id: str) -> None:
        """Of a file that lies elsewhere: nobody is going to read it here."""

    def read_back(self, artifact: StoredArtifact) -> Path:
        """`verify`, of what lies where it is kept, not of a copy."""
        return self.verify(artifact)

    def delete(self, id: str) -> None:
        """Gone afterwards, whether it was there or not."""
        path = self.path(id)
        with storing(path):
            if path.exists():
                self.disk.remove(path)
                self.disk.sync_folder(self.folder)

    def stored(self) -> frozenset[str]:
        """The ids of all files that are there; unfinished ones of dead processes here are removed."""
        if self.folder.is_dir():
            sweep(self.folder)
        return frozenset(self.sizes())

    def sizes(self) -> dict[str, int]:
        """Those ids with the sizes of their files."""
        if not self.folder.is_dir():
            return {}
        with reading(self.folder):
            return {path.name: path.stat().st_size for path in self.folder.iterdir() if is_identifier(path.name)}

    def unfinished(self) -> dict[str, int]:
        """What dead processes have left, which nobody will finish; with its size."""
        return left_over(self.folder) if self.folder.is_dir() else {}

    def sweep(self) -> None:
        """Remove that."""
        if self.folder.is_dir():
            sweep(self.folder)


def _digest(file: BinaryIO) -> str:
    digest = hashlib.sha256()
    while block := file.read(BLOCK):
        digest.update(block)
    return digest.hexdigest()


def missing(path: Path | str) -> DamagedError:
    return DamagedError(
        "artifact_missing",
        f"The stored file {path} is not there.",
        remedy="Put it back from a backup of the folder; without it, this cannot be done.",
    )


def _damaged(path: Path, fact: str) -> DamagedError:
    return DamagedError(
        "artifact_damaged",
        f"The stored file {path} {fact}.",
        remedy="Put it back from a backup of the folder, and have the disk checked.",
    )
