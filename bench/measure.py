"""Wall time and peak memory of a whole process tree."""

from __future__ import annotations

import os
import resource
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

SAMPLE_SECONDS = 0.1


@dataclass(frozen=True, kw_only=True)
class Measured:
    seconds: float
    processor_seconds: float
    """Of the process and its children: the server's part is not in it, nor what the disk makes everybody wait."""
    peak_bytes: int
    """Most resident memory of the process and its children together, sampled ten times a second:
    looking more often would take a tenth of one of the processors."""


class FailedError(Exception):
    """What was run, and what it said."""


def measure(command: str, environment: dict[str, str], folder: Path) -> Measured:
    """Run a shell command to its end."""
    started, used = time.perf_counter(), _used()
    process = subprocess.Popen(
        ["/bin/bash", "-c", f"set -o pipefail; {command}"],
        env={**os.environ, **environment},
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    peak = _Peak(process.pid)
    _, errors = process.communicate()
    seconds = time.perf_counter() - started
    if process.returncode != 0:
        raise FailedError(f"failed: {command}\n{errors.decode(errors='replace')}")
    return Measured(seconds=seconds, processor_seconds=_used() - used, peak_bytes=peak.stop())


def _used() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return children.ru_utime + children.ru_stime


class _Peak:
    def __init__(self, process_id: int) -> None:
        self._root = psutil.Process(process_id)
        self._highest = 0
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> int:
        self._done.set()
        self._thread.join()
        return self._highest

    def _watch(self) -> None:
        while not self._done.wait(SAMPLE_SECONDS):
            self._highest = max(self._highest, self._now())

    def _now(self) -> int:
        try:
            tree = [self._root, *self._root.children(recursive=True)]
            return sum(process.memory_info().rss for process in tree)
        except psutil.NoSuchProcess:
            return 0
