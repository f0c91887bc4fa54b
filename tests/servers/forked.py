"""Workbenches that are forked from one interpreter: most of what a small import takes is an interpreter that starts.

They are processes of their own all the same, each with its folder, its database and its limits. Whether they start as
they do for people is for the tests of the workbench, of the command line and of kills, which do not ask for this.
"""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

import pytest

from entrepot.workbench import client

SCRIPT = Path(__file__).with_name("forking.py")


class Forked:
    """What the workbench's parent uses of `subprocess.Popen`."""

    def __init__(self, requests: int, replies: int, status: int) -> None:
        self.stdin, self.stdout = os.fdopen(requests, "wb"), os.fdopen(replies, "rb")
        self.status = os.fdopen(status, "rb", buffering=0)
        self.pid = int(self.status.readline())
        self.returncode: int | None = None

    def wait(self, timeout: float | None = None) -> int:
        if self.returncode is None:
            if not select.select([self.status], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired("workbench", timeout or 0.0)
            self.returncode = int(self.status.readline())
        return self.returncode

    def kill(self) -> None:
        if self.returncode is None:
            os.kill(self.pid, signal.SIGKILL)

    def __enter__(self) -> Forked:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for pipe in (self.stdout, self.stdin):
            with suppress(BrokenPipeError):
                pipe.close()
        self.wait()
        self.status.close()


class Origin:
    """The interpreter that they are forked from."""

    def __init__(self, channel: socket.socket) -> None:
        self.channel = channel

    def start(self, work: Path, tables: Path, memory_bytes: int, log: BinaryIO) -> Forked:
        """In place of `client.start`."""
        (asked, requests), (replies, answered), (status, told) = os.pipe(), os.pipe(), os.pipe()
        places = {"work": str(work.resolve()), "tables": str(tables)}
        order = json.dumps({**places, "memory": str(memory_bytes)}).encode()
        socket.send_fds(self.channel, [order], [asked, answered, log.fileno(), told])
        for descriptor in (asked, answered, told):
            os.close(descriptor)
        return Forked(requests, replies, status)


@pytest.fixture(scope="session")
def origin() -> Iterator[Origin]:
    with running_origin() as running:
        yield running


@contextmanager
def running_origin() -> Iterator[Origin]:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with ours:
        process = subprocess.Popen(
            [sys.executable, "-P", "-s", str(SCRIPT), str(theirs.fileno())],
            env={"PYTHONPATH": os.pathsep.join(path for path in sys.path if path), "PYTHONUTF8": "1"},
            pass_fds=[theirs.fileno()],
        )
        theirs.close()
        yield Origin(ours)
    process.wait(20)


@pytest.fixture
def forked_workbench(origin: Origin, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "start", origin.start)
