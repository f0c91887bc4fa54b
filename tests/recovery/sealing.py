"""A publication in a process of its own that kills itself, as `kill -9` would, at a chosen operation on the disk.

`python sealing.py publish SHAPE HOME NEW|OLD N before|after` or `python sealing.py hold FILE`.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

TESTS = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS))

from contract.storage.published import NEW, OLD, shape  # noqa: E402 - this file also runs by itself
from entrepot.storage.disk import Disk  # noqa: E402
from entrepot.storage.parts import part_folder  # noqa: E402

Value = TypeVar("Value")
KILLED = -signal.SIGKILL


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


def killed(name: str, home: Path, version: int, fatal: int, when: str) -> bool:
    """Whether the child was killed; if not, it came to its end."""
    done = subprocess.run(child("publish", name, home, version, fatal, when), capture_output=True, check=False)
    assert done.returncode in {0, KILLED}, done.stderr.decode()
    return done.returncode == KILLED


def publish(name: str, home: str, version: str, fatal: str, when: str) -> None:
    disk = DeadlyDisk(int(fatal), before=when == "before")
    shape(name).publish(Path(home), {str(OLD): OLD, str(NEW): NEW}[version], disk=disk, overwrite=version == str(NEW))


def hold(file: str) -> None:
    """Holds the parts of `file` until its input ends."""
    with part_folder(Path(file).parent, Path(file).name):
        os.write(1, b"held\n")
        sys.stdin.read()
        os._exit(1)  # as if killed: nothing is cleaned up


if __name__ == "__main__":
    {"publish": publish, "hold": hold}[sys.argv[1]](*sys.argv[2:])
