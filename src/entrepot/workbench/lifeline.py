"""A pipe that nobody writes to: its end is the end of the parent, however that came. The system itself tells the child,
which may be at work in a library that lets no other thread of it run, and never hears that its input has ended."""

from __future__ import annotations

import fcntl
import os
import select
import signal
import subprocess
import sys
import weakref
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def lifeline() -> Iterator[tuple[int, int]]:
    """The child's end, and ours."""
    theirs, ours = os.pipe()
    try:
        yield theirs, ours
    except BaseException:
        os.close(ours)
        raise
    finally:
        os.close(theirs)


def hold(process: subprocess.Popen[bytes], ours: int) -> None:
    """As long as anybody may want something of it."""
    weakref.finalize(process, os.close, ours)


def follow(theirs: int) -> None:
    """End with whoever holds the other end. What the system does with the signal unless it is told otherwise: Linux
    ends the process, others ignore it."""
    signal.signal(signal.SIGIO, signal.SIG_DFL)
    fcntl.fcntl(theirs, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(theirs, fcntl.F_SETFL, fcntl.fcntl(theirs, fcntl.F_GETFL) | os.O_ASYNC)
    if select.select([theirs], [], [], 0)[0]:  # it was over before
        sys.exit(0)
