"""What disposable servers share: a free port, another OS user where root may not serve, waiting, and an end."""

from __future__ import annotations

import atexit
import os
import pwd
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

START_SECONDS = 60
STOP_SECONDS = 20


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def serving_user(*preferred: str) -> pwd.struct_passwd | None:
    """Who runs a server that refuses root: the first of `preferred` that exists, else `nobody`. None: ourselves."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    return next(known[name] for name in (*preferred, "nobody") if name in known)


def run_as(user: pwd.struct_passwd | None, command: Sequence[str | Path], folder: Path) -> None:
    """Run to the end; an AssertionError with what it said if it fails."""
    uid, gid, groups = _identity(user)
    done = subprocess.run(
        command, cwd=folder, capture_output=True, check=False, timeout=120, user=uid, group=gid, extra_groups=groups
    )
    assert done.returncode == 0, (done.stdout + done.stderr).decode(errors="replace")


@contextmanager
def serving(
    user: pwd.struct_passwd | None,
    command: Sequence[str | Path],
    folder: Path,
    answers: Callable[[], bool],
    stop_signal: signal.Signals = signal.SIGTERM,
) -> Iterator[subprocess.Popen[bytes]]:
    """A server that `answers`, stopped at the end of the block by the process that was started, and by no name."""
    uid, gid, groups = _identity(user)
    log = folder / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=folder, stdout=output, stderr=output, user=uid, group=gid, extra_groups=groups
        )
    stop = atexit.register(_stop, process, stop_signal)  # an interrupted pytest may never reach the finally below
    try:
        _wait(process, answers, log)
        yield process
    finally:
        _stop(process, stop_signal)
        atexit.unregister(stop)


def _wait(process: subprocess.Popen[bytes], answers: Callable[[], bool], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not answers():
        alive = process.poll() is None and time.monotonic() < deadline
        assert alive, f"The server did not start:\n{log.read_text(errors='replace')}"
        time.sleep(0.05)


def _stop(process: subprocess.Popen[bytes], stop_signal: signal.Signals) -> None:
    if process.poll() is not None:
        return
    process.send_signal(stop_signal)
    try:
        process.wait(timeout=STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _identity(user: pwd.struct_passwd | None) -> tuple[int | None, int | None, list[int] | None]:
    """User, group and further groups for `subprocess`, which knows None as «stay who you are»."""
    return (None, None, None) if user is None else (user.pw_uid, user.pw_gid, [])
