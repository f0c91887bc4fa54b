"""The one worker process of a state folder: whether it lives, and starting it.

It holds a lock that dies with it, from before it is there: whoever starts it hands the lock on. Whoever submits does
so first and looks for the lock then; a worker that goes lets go of the lock first and looks for work then. So one of
the two sees the other.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path

from entrepot.jobs.orders.bell import ring
from entrepot.ledger.locking import lock_of
from entrepot.ledger.signs import WORKER_LOCK, end_silent, signing
from entrepot.model.errors import UnavailableError
from entrepot.model.lives import Life
from entrepot.state_folder import WORKER_LOG

IDLE_SECONDS = 60
"""How long a worker that nobody started by hand waits for more."""
HANDED_ON, LOCK_PLACE = "ENTREPOT_WORKER_LOCK", 3
"""The variable that tells a worker that it was started with the lock, and as which descriptor."""
PATIENCE, A_MOMENT = 1.0, 0.02
"""Somebody may hold the lock for a moment, only to see whether it is free."""
MOST_LOG_BYTES = 5_000_000
_started: list[int] = []
"""Processes of ours that may have ended, and are to be buried."""


@contextmanager
def at_hand(folder: Path, life: Life, *, alone: bool) -> Iterator[None]:
    """A worker of the folder. If it must be the only one: UnavailableError `worker_running` where there is another.
    Records on a server are for many, and the lock then only says that there is one."""
    file = folder / WORKER_LOCK
    lock = _handed_on(file) or (_lock_of(file, PATIENCE) if alone else lock_of(file))
    if lock is None and alone:
        raise UnavailableError(
            "worker_running",
            f"A worker process works for {folder} already.",
            remedy="One is enough. Jobs can be submitted, watched and cancelled while it works.",
        )
    try:
        with nullcontext() if lock is None else signing(lock, life):
            yield
    finally:
        if lock is not None:
            os.close(lock)


def _lock_of(file: Path, patience: float) -> int | None:
    """Also of somebody who is paused, and is no more afterwards."""
    lock = lock_of(file, patience)
    return lock_of(file, PATIENCE) if lock is None and end_silent(file) else lock


def _handed_on(file: Path) -> int | None:
    """By whoever started this process; once."""
    if os.environ.pop(HANDED_ON, None) is None:
        return None
    with suppress(OSError):
        if os.path.samestat(os.fstat(LOCK_PLACE), file.stat()):
            os.set_inheritable(LOCK_PLACE, False)
            return LOCK_PLACE
    return None


def is_awake(folder: Path) -> bool:
    if not (folder / WORKER_LOCK).exists():
        return False
    lock = lock_of(folder / WORKER_LOCK)
    if lock is not None:
        os.close(lock)
    return lock is None


def wake(folder: Path, environment: Mapping[str, str], settings: Path | None = None) -> bool:
    """Start a worker if none lives, else ring for it; whether one was started. It belongs to nobody and outlives
    whoever started it. The environment says where our own records are, wherever the worker stands; `settings` is the
    file of settings."""
    _bury()
    lock = _lock_of(folder / WORKER_LOCK, A_MOMENT)
    if lock is None:
        ring(folder)
        return False
    try:
        _start(folder, lock, {**os.environ, **environment, HANDED_ON: "yes"}, settings)
    finally:
        os.close(lock)
    return True


def _start(folder: Path, lock: int, given: dict[str, str], settings: Path | None) -> None:
    _shorten(folder / WORKER_LOG)
    if settings is not None:
        given["ENTREPOT_CONFIG"] = str(settings.absolute())
    command = [sys.executable, "-P", "-m", "entrepot", "worker", "--idle-exit", str(IDLE_SECONDS)]
    log = os.open(folder / WORKER_LOG, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC)
    try:
        streams = [(os.POSIX_SPAWN_DUP2, nothing, 0), (os.POSIX_SPAWN_DUP2, log, 1), (os.POSIX_SPAWN_DUP2, log, 2)]
        streams.append((os.POSIX_SPAWN_DUP2, lock, LOCK_PLACE))
        _started.append(os.posix_spawn(sys.executable, command, given, file_actions=streams, setsid=True))
    finally:
        os.close(nothing)
        os.close(log)


def _bury() -> None:
    for process in tuple(_started):
        with suppress(ChildProcessError):
            if os.waitpid(process, os.WNOHANG)[0] == 0:
                continue
        _started.remove(process)


def _shorten(log: Path) -> None:
    """One older log is kept."""
    with suppress(FileNotFoundError):
        if log.stat().st_size > MOST_LOG_BYTES:
            log.replace(log.with_suffix(".old.log"))
