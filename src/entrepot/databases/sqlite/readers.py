"""The processes of `reader`, from the side that asks them."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from itertools import cycle
from pathlib import Path
from typing import IO

from entrepot.databases.sqlite.blocks import Renderer
from entrepot.databases.sqlite.reader import FRAME, UNFIT
from entrepot.model.templates import Chunk

PIPE_BYTES = 1 << 20
"""Room for the next slice while the last one is still being written somewhere."""
MOST = 4
"""Processes; the application needs some processors, too."""


class UnfitError(Exception):
    """This way is not made for these rows."""


class Reader:
    def __init__(self, path: Path, renderer: Renderer) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-s", "-m", "entrepot.databases.sqlite.reader"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PYTHONUTF8": "1"},
        )
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.requests, self.answers = self.process.stdin, self.process.stdout
        self.is_ready = False
        widen(self.answers)
        self._say(json.dumps({"path": str(path.absolute()), "renderer": renderer.told()}))

    def poll(self) -> bool:
        """Whether it has begun to see the file. Does not wait."""
        if not self.is_ready and select.select([self.answers], [], [], 0)[0]:
            self.answer()
            self.is_ready = True
        return self.is_ready

    def ask(self, first: int, last: int) -> None:
        self._say(f"{first} {last}")

    def answer(self) -> Chunk:
        """The next slice asked for. A process that ended for whatever reason gives none: then we read ourselves."""
        frame = self.answers.read(FRAME.size)
        if len(frame) < FRAME.size:
            raise UnfitError
        rows, size = FRAME.unpack(frame)
        data = self.answers.read(size)
        if rows == UNFIT or len(data) < size:
            raise UnfitError
        return Chunk(data=data, rows=rows)

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        for pipe in (self.requests, self.answers):
            try:
                pipe.close()
            except BrokenPipeError:
                continue  # what it was still asked for does not matter any more

    def _say(self, line: str) -> None:
        try:
            self.requests.write(line.encode() + b"\n")
            self.requests.flush()
        except BrokenPipeError as error:
            raise UnfitError from error


@contextmanager
def reading(path: Path, renderer: Renderer) -> Iterator[list[Reader]]:
    """As many readers as there are processors, none on one; ended with the block."""
    with ExitStack() as stack:
        readers = [Reader(path, renderer) for _ in range(sensible())]
        for reader in readers:
            stack.callback(reader.close)
        yield readers


def sensible() -> int:
    """Processes; pipes can only be asked whether they are ready where there is POSIX."""
    count = os.cpu_count() or 1
    return min(MOST, count) if count > 1 and os.name == "posix" else 0


def in_order(readers: Sequence[Reader], borders: Iterator[tuple[int, int]], ahead: int) -> Iterator[Chunk]:
    """Each slice in its turn; every reader has up to `ahead` of them before it."""
    asked: deque[Reader] = deque()
    for reader, (first, last) in zip(cycle(readers), borders, strict=False):
        reader.ask(first, last)
        asked.append(reader)
        if len(asked) == ahead * len(readers):
            yield asked.popleft().answer()
    while asked:
        yield asked.popleft().answer()


def widen(pipe: IO[bytes]) -> None:
    """Linux alone lets a pipe hold more."""
    import fcntl

    if hasattr(fcntl, "F_SETPIPE_SZ"):
        fcntl.fcntl(pipe.fileno(), fcntl.F_SETPIPE_SZ, PIPE_BYTES)
