"""A program on a terminal, as a person sits before it: what it shows, what is typed, and Ctrl-C."""

from __future__ import annotations

import fcntl
import os
import pty
import selectors
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PATIENCE_SECONDS = 60.0
CONTROLLED = "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execv(sys.argv[1], sys.argv[1:])"
"""Only a terminal that controls its session turns Ctrl-C into a signal."""
CTRL_C, CTRL_D = "\x03", "\x04"


@dataclass
class Terminal:
    process: subprocess.Popen[bytes]
    master: int
    shown: str = ""
    seen: int = 0
    """So much of it was waited for."""

    def until(self, words: str) -> str:
        """What is shown until `words` have come, from where the last wait ended."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while words not in self.shown[self.seen :]:
            if not self._read(deadline):
                raise AssertionError(f"{words!r} was never shown, but: {self.shown[self.seen :]}")
        start, self.seen = self.seen, self.shown.index(words, self.seen) + len(words)
        return self.shown[start : self.seen]

    def type(self, text: str) -> None:
        os.write(self.master, text.encode())

    def ended(self) -> int:
        """The exit code, once everything was shown."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while self._read(deadline):
            pass
        return self.process.wait(PATIENCE_SECONDS)

    def _read(self, deadline: float) -> bool:
        with selectors.DefaultSelector() as waiting:
            waiting.register(self.master, selectors.EVENT_READ)
            ready = waiting.select(max(deadline - time.monotonic(), 0))
        try:
            data = os.read(self.master, 65536) if ready else b""
        except OSError:  # Linux says so that the other side was closed
            data = b""
        self.shown += data.decode(errors="replace")
        return bool(data)


@contextmanager
def on_terminal(
    *arguments: str,
    folder: Path,
    columns: int = 80,
    lines: int = 50,
    environment: Mapping[str, str] | None = None,
    program: Sequence[str] = (sys.executable, "-m", "entrepot"),
) -> Iterator[Terminal]:
    """With that environment and nothing else that says how to speak."""
    master, slave = pty.openpty()
    try:
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        process = subprocess.Popen(
            [sys.executable, "-c", CONTROLLED, *program, *arguments],
            cwd=folder,
            env={**_quiet(), "TERM": "xterm-256color", "LANG": "C.UTF-8", **(environment or {})},
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
        )
    finally:
        os.close(slave)
    try:
        yield Terminal(process, master)
    finally:
        process.kill()
        process.wait()
        os.close(master)


def _quiet() -> dict[str, str]:
    """Our own environment, without what people set for their terminals or databases."""
    strange = ("LC_", "LANG", "NO_COLOR", "COLUMNS", "LINES", "ENTREPOT_", "TERM")
    return {name: value for name, value in os.environ.items() if not name.startswith(strange)}
