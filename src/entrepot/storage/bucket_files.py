"""An application's own files in a bucket, found by key.

There are no hidden names to be given later: a file that comes in is whole on this machine first, and is then put under
its key, which fails where something is. What comes to nothing is taken away by whoever has the list of it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from entrepot.model.errors import ChangedError, InputError
from entrepot.storage.bucket import CLAIMS, READ, Bucket
from entrepot.storage.faults import storing
from entrepot.storage.incoming_files import NOWHERE, is_plain, unusable
from entrepot.storage.work import work_folder

LONGEST_BYTES = 1_000
"""Of a whole key: S3 has 1,024, of which the address may take some."""


@dataclass(frozen=True)
class BucketStore:
    """Fulfils `model.file_stores.FileStore`. Nothing is asked of the bucket before a file is."""

    url: str
    environment: Mapping[str, str] = field(repr=False)

    @cached_property
    def bucket(self) -> Bucket:
        return Bucket(self.url, self.environment)

    @property
    def place(self) -> str:
        return self.url.rstrip("/")

    def open(self, key: str) -> AbstractContextManager[Iterator[bytes]] | None:
        size = self.size(key)
        return None if size is None else nullcontext(self._blocks(key, size))

    def _blocks(self, key: str, size: int) -> Iterator[bytes]:
        return (self.bucket.stretch(key, at, min(size, at + READ)) for at in range(0, size, READ))

    def size(self, key: str) -> int | None:
        return self.bucket.size(key) if self.is_usable(key) else None

    def is_usable(self, key: str) -> bool:
        """Whatever is there is a file."""
        parts = key.split("/")
        plain = all(part not in NOWHERE and is_plain(part) for part in parts)
        return plain and parts[0] != CLAIMS and len(key.encode()) <= LONGEST_BYTES

    def other_keys(self, keys: Iterable[str]) -> dict[str, list[str]]:
        """There are no links."""
        return {}

    @contextmanager
    def receiving(self) -> Iterator[IncomingObjects]:
        with work_folder() as room:
            yield IncomingObjects(store=self, room=room)

    def sweep(self) -> None:
        """Nobody sees what is unfinished; what is on this machine is swept with all that is."""

    def let_go(self, key: str) -> None:
        self.bucket.release(key)

    def remove(self, key: str, folders: Iterable[str] = ()) -> None:
        self.bucket.delete(key)


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """A file on this machine."""

    path: Path
    bytes: int
    sha256: str


@dataclass(kw_only=True)
class IncomingObjects:
    """Fulfils `model.file_stores.IncomingFiles`."""

    store: BucketStore
    room: Path
    _waiting: dict[str, Waiting] = field(default_factory=dict)

    def take(self, key: str, blocks: Iterable[bytes]) -> None:
        if not self.store.is_usable(key):
            raise unusable(key)
        path, digest, size = self.room / str(len(self._waiting)), hashlib.sha256(), 0
        with storing(path), path.open("xb") as file:
            for block in blocks:
                digest.update(block)
                size += file.write(block)
        self._waiting[key] = Waiting(path=path, bytes=size, sha256=digest.hexdigest())

    def folders(self, key: str) -> tuple[str, ...]:
        return ()

    def publish(self) -> None:
        for key, one in self._waiting.items():
            try:
                self.store.bucket.put(key, one.path, one.bytes, one.sha256)
            except ChangedError as error:
                raise exists(key, self.store.place) from error


def exists(key: str, place: str) -> InputError:
    return InputError(
        "file_exists",
        f"While the files were copied, somebody else put one there: {key} in {place}. Nothing was written.",
        remedy="Look again: import the same package anew.",
    )


def is_bucket(where: str) -> bool:
    """Otherwise it is a folder.

    >>> is_bucket("s3://app/uploads"), is_bucket("uploads")
    (True, False)
    """
    return "://" in where
