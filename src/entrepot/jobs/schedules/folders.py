"""The folder of one run: what its receipt speaks of, and nothing else, is looked at and taken away."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from stat import S_ISREG
from typing import Any

from entrepot.model.records import Document

LOG = logging.getLogger("entrepot.schedules")


@dataclass(frozen=True)
class Folder:
    place: str

    def size(self, receipt: Document | None) -> int | None:
        """In bytes; None: not all of it is there as it was written."""
        files = _files(receipt)
        there = [size for name, size in files if _size(self._path / name) == size]
        return sum(there) if files and len(there) == len(files) else None

    def remove(self, receipt: Document | None) -> bool:
        """Whether that is done. Files that became others since are somebody's, and their folder stays with them."""
        try:
            for name, size in _files(receipt):
                _unlink(self._path / name, size)
            for name in _receipt_names(receipt):
                _unlink(self._path / name, None)
        except OSError as error:
            _tell_once(self.place, error.strerror or str(error))
            return False
        with suppress(OSError):
            self._path.rmdir()
        return True

    @property
    def _path(self) -> Path:
        return Path(self.place)


def _files(receipt: Document | None) -> tuple[tuple[str, int], ...]:
    """Names and sizes. A name that leads elsewhere is none of ours."""
    files: list[dict[str, Any]] = (receipt or {}).get("receipt", {}).get("files", [])
    return tuple((file["name"], file["bytes"]) for file in files if Path(file["name"]).name == file["name"])


def _receipt_names(receipt: Document | None) -> Iterator[str]:
    path = (receipt or {}).get("receipt_path")
    if path:
        yield Path(path).name


def _size(path: Path) -> int | None:
    try:
        found = path.lstat()
    except OSError:
        return None
    return found.st_size if S_ISREG(found.st_mode) else None


def _unlink(path: Path, size: int | None) -> None:
    found = _size(path)
    if found is not None and size in (None, found) and not path.parent.is_symlink():
        path.unlink(missing_ok=True)


@lru_cache(maxsize=1000)
def _tell_once(place: str, problem: str) -> None:
    LOG.warning("%s cannot be removed: %s", place, problem)
