"""The sign of life of the worker that holds the lock of a folder: what it is stands in the file of the lock, and the
time of the file changes as long as it lives.

A paused process keeps its lock, and with it, in a folder, all that waits for a worker. Whoever needs one watches it for
the time of its lease, and ends it then: nobody started it for anything but that work, and its jobs are taken up by the
next one. Clocks only raise the suspicion.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

import msgspec

from entrepot.ledger.processes import end
from entrepot.model.lives import Life

LOG = logging.getLogger("entrepot.worker")
WORKER_LOCK = "worker.lock"
PAUSE = 0.05
MOST_BYTES = 10_000


@contextmanager
def signing(lock: int, life: Life) -> Iterator[None]:
    """`lock` is the file that this process holds; whoever takes it next is not taken for this one."""
    os.ftruncate(lock, 0)
    os.pwrite(lock, msgspec.json.encode(life), 0)
    over = Event()

    def sign() -> None:
        while not over.wait(life.beat):
            os.utime(lock)

    thread = Thread(target=sign, name="entrepot-signs", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        os.ftruncate(lock, 0)


def end_silent(file: Path) -> Life | None:
    """The worker that was ended, because it held that lock and gave no sign; None: it lives, or nobody can tell."""
    life = _told(file)
    if life is None or not _is_late(file, life) or not _stays_silent(file, life):
        return None
    if not end(life.process, [file], file.stat().st_uid):
        return None
    LOG.warning("worker %d gave no sign of life for %g seconds, and was ended", life.process.pid, life.lease)
    return life


def _told(file: Path) -> Life | None:
    """None: by an older version, or half."""
    try:
        return msgspec.json.decode(file.read_bytes()[:MOST_BYTES], type=Life)
    except (OSError, msgspec.MsgspecError):
        return None


def _is_late(file: Path, life: Life) -> bool:
    return abs(time.time() - file.stat().st_mtime) > life.lease


def _stays_silent(file: Path, life: Life) -> bool:
    """What passes while this process itself is paused does not count."""
    seen, quiet = file.stat().st_mtime_ns, 0.0
    while quiet < life.lease:
        before = time.monotonic()
        time.sleep(PAUSE)
        if file.stat().st_mtime_ns != seen:
            return False
        quiet += min(time.monotonic() - before, 2 * PAUSE)
    return True
