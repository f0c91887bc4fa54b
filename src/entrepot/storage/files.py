"""An application's own files on disk, found by key; a key cannot lead out of the folder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from entrepot.model.errors import StorageError
from entrepot.storage.faults import reading

BLOCK = 1 << 20


@dataclass(frozen=True)
class FolderStore:
    folder: Path

    def open(self, key: str) -> AbstractContextManager[Iterator[bytes]] | None:
        """The bytes in blocks; None if there is no such file."""
        path = self._path(key)
        return None if path is None else _blocks(path)

    def _path(self, key: str) -> Path | None:
        try:
            home = self.folder.resolve()
            path = (home / key).resolve()
            with reading(path):
                return path if path.is_relative_to(home) and path.is_file() else None
        except (ValueError, RuntimeError, StorageError):
            return None  # no path at all: a NUL, half a character, too long, a loop of links


@contextmanager
def _blocks(path: Path) -> Iterator[Iterator[bytes]]:
    with reading(path):
        file = path.open("rb")
    with file:
        yield iter(lambda: file.read(BLOCK), b"")
