"""An application's own files on disk, found by key; a key cannot lead out of the folder."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from entrepot.storage.disk import Disk
from entrepot.storage.faults import reading, storing
from entrepot.storage.incoming_files import Incoming, place_of, receiving, remove
from entrepot.storage.other_keys import other_keys
from entrepot.storage.parts import sweep

BLOCK = 1 << 20
NOTHING_THERE = (errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG, errno.ELOOP)


@dataclass(frozen=True)
class FolderStore:
    """Fulfils `model.file_stores.FileStore`."""

    folder: Path
    disk: Disk = field(default_factory=Disk)
    others: frozenset[Path] = frozenset()
    """Files and folders that are none of these, although they may lie among them; as the system calls them."""

    @property
    def place(self) -> str:
        return os.path.realpath(self.folder)

    def open(self, key: str) -> AbstractContextManager[Iterator[bytes]] | None:
        """The bytes in blocks; None if there is no such file. One that cannot be read is another matter: an error."""
        path = self._path(key)
        return None if path is None else _blocks(path)

    def size(self, key: str) -> int | None:
        path = self._path(key)
        if path is None:
            return None
        with reading(path):
            return path.stat().st_size

    def is_usable(self, key: str) -> bool:
        return place_of(self.folder, key, self.others) is not None

    def other_keys(self, keys: Iterable[str]) -> dict[str, list[str]]:
        with reading(self.folder):
            return other_keys(self.folder, keys)

    def receiving(self) -> AbstractContextManager[Incoming]:
        return receiving(self.folder, self.disk, self.others)

    def sweep(self) -> None:
        with storing(self.folder):
            sweep(self.folder)

    def let_go(self, key: str) -> None:
        """A link needs no more than itself."""

    def remove(self, key: str, folders: Iterable[str] = ()) -> None:
        remove(self.folder, key, folders, self.disk)

    def _path(self, key: str) -> Path | None:
        try:
            home = self.folder.resolve()
            path = (home / key).resolve()
            with reading(path):
                return path if path.is_relative_to(home) and _is_file(path) else None
        except (ValueError, RuntimeError):
            return None  # no path at all: a NUL, half a character, a loop of links


def _is_file(path: Path) -> bool:
    """False only where the system says that there is none; `Path.is_file` says so of much that it may not look at."""
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except OSError as error:
        if error.errno in NOTHING_THERE:
            return False
        raise


@contextmanager
def _blocks(path: Path) -> Iterator[Iterator[bytes]]:
    with reading(path):
        file = path.open("rb")
    with file:
        yield _read(file, path)


def _read(file: BinaryIO, path: Path) -> Iterator[bytes]:
    with reading(path):
        while block := file.read(BLOCK):
            yield block
