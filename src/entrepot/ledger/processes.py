"""This process as others know it; and the end of one that is paused, if it is on this machine."""

from __future__ import annotations

import os
import select
import signal
import socket
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from entrepot.model.lives import Process

BOOT, NUMBERS = Path("/proc/sys/kernel/random/boot_id"), Path("/proc/self/ns/pid")
PATIENCE = 5.0
"""Seconds for the system to take it away."""
BORN = 19
"""Its place behind the name of the program in `/proc/PID/stat`."""


def this_process() -> Process:
    pid = os.getpid()
    return Process(host=socket.gethostname(), machine=_machine(), pid=pid, born=_born(pid) or 0)


def end(process: Process, held: Sequence[Path], user: int) -> bool:
    """Whether it was, by this. Nobody else is, whatever number he has: the handle stays with one process, of which it
    is asked when it was born. What told its number may be a lie: it must be of that user, and have one of the files
    open that it is ended for."""
    if not process.machine or process.machine != _machine() or process.pid == os.getpid():
        return False
    try:
        handle = os.pidfd_open(process.pid)
    except (OSError, AttributeError):  # it is gone; or a system without such handles
        return False
    try:
        return _is_meant(process, held, user) and _ended(handle)
    finally:
        os.close(handle)


def _is_meant(process: Process, held: Sequence[Path], user: int) -> bool:
    place = Path(f"/proc/{process.pid}")
    try:
        if _born(process.pid) != process.born or place.stat().st_uid != user:
            return False
        wanted = {_identity(file) for file in held} - {None}
        return any(_identity(each) in wanted for each in (place / "fd").iterdir())
    except OSError:
        return False


def _identity(file: Path) -> tuple[int, int] | None:
    """None: it is not there, or closed by now."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _ended(handle: int) -> bool:
    try:
        signal.pidfd_send_signal(handle, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return False
    return bool(select.select([handle], [], [], PATIENCE)[0])


@cache
def _machine() -> str:
    """Of this process; forked ones are on the same."""
    try:
        return f"{BOOT.read_text(encoding='ascii').strip()} {NUMBERS.stat().st_ino}"
    except OSError:
        return ""


def _born(pid: int) -> int | None:
    """A program's name may hold anything but its own end."""
    try:
        told = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
        return int(told.rpartition(")")[2].split()[BORN])
    except (OSError, ValueError, IndexError):
        return None
