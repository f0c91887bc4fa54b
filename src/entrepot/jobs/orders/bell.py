"""A bell at the door of a state folder: whoever submits rings, and a worker that waits there looks at once.

Nothing depends on it, because workers look by themselves within a second: nobody waits for it to be heard, and
where the file system has no such files there is none."""

from __future__ import annotations

import os
import select
import stat
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from entrepot.state_folder import BELL

MOST_BYTES = 4096


def ring(folder: Path) -> None:
    with suppress(OSError):  # nobody is there, or it is full of what was not heard yet
        bell = os.open(folder / BELL, os.O_WRONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOFOLLOW)
        try:
            if _is_pipe(bell):
                os.write(bell, b"!")
        finally:
            os.close(bell)


@contextmanager
def hearing(folder: Path, heard: Callable[[], object]) -> Iterator[bool]:
    """Whether there is a bell. It is taken away in the end: not everything that copies folders knows what to do with
    one."""
    bell = _hung(folder / BELL)
    if bell is None:
        yield False
        return
    over, end = os.pipe()
    thread = threading.Thread(target=_listen, args=(bell, over, heard), name="entrepot-bell", daemon=True)
    thread.start()
    try:
        yield True
    finally:
        with suppress(OSError):
            (folder / BELL).unlink()
        os.write(end, b"!")  # to close it says nothing while a process that was forked meanwhile has it, too
        thread.join()
        for one in (end, over, bell):
            os.close(one)


def _hung(file: Path) -> int | None:
    """Open for both, so that it has no end when those who rang are gone."""
    with suppress(OSError):
        with suppress(FileExistsError):
            os.mkfifo(file, 0o600)
        bell = os.open(file, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOFOLLOW)
        if _is_pipe(bell):
            return bell
        os.close(bell)
    return None


def _is_pipe(bell: int) -> bool:
    return stat.S_ISFIFO(os.fstat(bell).st_mode)


def _listen(bell: int, over: int, heard: Callable[[], object]) -> None:
    waiting = select.poll()
    waiting.register(bell, select.POLLIN)
    waiting.register(over, select.POLLIN)
    while over not in dict(waiting.poll()):
        with suppress(BlockingIOError):
            os.read(bell, MOST_BYTES)
        heard()
