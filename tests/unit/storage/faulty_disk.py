"""A disk whose n-th operation fails: the loop «n = 1, 2, 3 … until it succeeds» visits every place."""

from __future__ import annotations

from pathlib import Path

from entrepot.storage.disk import Disk


class FaultyDisk(Disk):
    def __init__(self, fail_at: int, number: int) -> None:
        self.operations = 0
        self.fail_at = fail_at
        self.number = number

    def _next(self) -> None:
        self.operations += 1
        if self.operations == self.fail_at:
            raise OSError(self.number, "injected")

    def create(self, path: Path) -> int:
        self._next()
        return super().create(path)

    def write(self, descriptor: int, data: bytes | memoryview) -> int:
        self._next()
        return super().write(descriptor, data)

    def sync(self, descriptor: int) -> None:
        self._next()
        super().sync(descriptor)

    def publish(self, part: Path, final: Path) -> None:
        self._next()
        super().publish(part, final)

    def replace(self, part: Path, final: Path) -> None:
        self._next()
        super().replace(part, final)

    def remove(self, path: Path) -> None:
        self._next()
        super().remove(path)

    def sync_folder(self, folder: Path) -> None:
        self._next()
        super().sync_folder(folder)
