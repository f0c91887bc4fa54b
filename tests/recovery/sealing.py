"""A publication in a process of its own that kills itself, as `kill -9` would, at a chosen operation on the disk.

`python sealing.py publish SHAPE HOME NEW|OLD before|after` for each operation, or `python sealing.py hold FILE`.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

TESTS = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS))

from contract.storage.published import NEW, OLD, shape  # noqa: E402 - this file also runs by itself
from entrepot.storage.disk import Disk  # noqa: E402
from entrepot.storage.parts import part_folder  # noqa: E402
from recovery.dying import folders_of, kill_everywhere  # noqa: E402

Value = TypeVar("Value")


class DeadlyDisk(Disk):
    """Its n-th operation is the last thing that the process does, or the last that it does not do."""

    def __init__(self, fatal: int, *, before: bool) -> None:
        self.operations, self.fatal, self.before = 0, fatal, before

    def _do(self, operation: Callable[[], Value]) -> Value:
        self.operations += 1
        if self.operations == self.fatal and self.before:
            os.kill(os.getpid(), signal.SIGKILL)
        value = operation()
        if self.operations == self.fatal:
            os.kill(os.getpid(), signal.SIGKILL)
        return value

    def create(self, path: Path) -> int:
        return self._do(lambda: super(DeadlyDisk, self).create(path))

    def write(self, descriptor: int, data: bytes | memoryview) -> int:
        """The fatal one writes only half."""
        half = data[: max(1, len(data) // 2)] if self.operations + 1 == self.fatal else data
        return self._do(lambda: super(DeadlyDisk, self).write(descriptor, half))

    def sync(self, descriptor: int) -> None:
        self._do(lambda: super(DeadlyDisk, self).sync(descriptor))

    def publish(self, part: Path, final: Path) -> None:
        self._do(lambda: super(DeadlyDisk, self).publish(part, final))

    def replace(self, part: Path, final: Path) -> None:
        self._do(lambda: super(DeadlyDisk, self).replace(part, final))

    def remove(self, path: Path) -> None:
        self._do(lambda: super(DeadlyDisk, self).remove(path))

    def sync_folder(self, folder: Path) -> None:
        self._do(lambda: super(DeadlyDisk, self).sync_folder(folder))


def child(*words: object) -> list[str]:
    return [sys.executable, __file__, *map(str, words)]


def killed(name: str, home: Path, version: int, when: str) -> list[Path]:
    """A folder for each operation that a publisher was killed at, and one where it came to its end."""
    return folders_of(home, child("publish", name, home, version, when))


def publish(name: str, home: str, version: str, when: str) -> None:
    """NEW over OLD, or OLD where nothing is."""

    def prepare(folder: Path) -> None:
        if version == str(NEW):
            shape(name).publish(folder, OLD)

    def work(folder: Path, fatal: int) -> None:
        disk = DeadlyDisk(fatal, before=when == "before")
        shape(name).publish(folder, int(version), disk=disk, overwrite=version == str(NEW))

    kill_everywhere(Path(home), prepare, work)


def hold(file: str) -> None:
    """Holds the parts of `file` until its input ends."""
    with part_folder(Path(file).parent, Path(file).name):
        os.write(1, b"held\n")
        sys.stdin.read()
        os._exit(1)  # as if killed: nothing is cleaned up


if __name__ == "__main__":
    {"publish": publish, "hold": hold}[sys.argv[1]](*sys.argv[2:])
