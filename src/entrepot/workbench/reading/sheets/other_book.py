"""A workbook of another kind, read by a process of its own that may fail without harm."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

import msgspec

from entrepot.model.errors import EntrepotError, missing_extra
from entrepot.workbench.reading.sheets.refusals import damaged, encrypted, no_sheets, too_large, unreadable
from entrepot.workbench.reading.sheets.rows import Fault, Row, Rows, side_by_side
from entrepot.workbench.reading.sheets.values import shown

SECONDS = 600
EXTRA_BYTES = 400_000_000
"""Beyond the workbench's own limit: a sheet is in memory as a whole."""
LONGEST_WORDS = 200
SAVE = "Save it as xlsx, which is read row by row."
SAVE_OPEN = "It is read row by row, so that a row of it is very large: save the sheet as CSV and look at it."


class Told(msgspec.Struct, kw_only=True):
    """A line of the other process."""

    sheets: list[Known] = []
    first: int = 0
    rows: list[Row] = []
    has_nul: bool = False
    faults: list[Fault] = []
    unseen: bool = False
    """Cells with errors are as good as empty."""
    failed: str | None = None
    words: str = ""
    end: bool = False


class Known(msgspec.Struct, kw_only=True):
    name: str
    hidden: bool
    filled: int
    """How many rows have values, up to two."""


TOLD = msgspec.json.Decoder(Told)


@dataclass(frozen=True, kw_only=True)
class Other:
    path: Path
    memory_bytes: int
    needs_library: bool = True
    """Only OpenDocument is read without it."""
    unseen: set[str] = field(default_factory=set)
    """The sheets of which nobody knows the errors, once they were read."""

    @property
    def file(self) -> str:
        return self.path.name

    def sheets(self) -> list[Known]:
        found = [known for told in self.lines() for known in told.sheets]
        if not found:
            raise no_sheets(self.file)
        return found

    def rows(self, sheet: str) -> Iterator[Rows]:
        for told in self.lines(sheet):
            if told.unseen:
                self.unseen.add(sheet)
            if not told.rows:
                continue
            last = told.first + len(told.rows) - 1
            rows, faults = without_nul(told) if told.has_nul else (told.rows, told.faults)
            yield side_by_side(list(range(told.first, last + 1)), rows, last, faults)

    def lines(self, *sheet: str) -> Iterator[Told]:
        if self.needs_library and find_spec("python_calamine") is None:
            raise missing_extra("excel", f"Reading {self.file}")
        with TemporaryFile() as log, self.started(log, *sheet) as process:
            assert process.stdout is not None
            ended = False
            for line in process.stdout:
                told = TOLD.decode(line)
                if told.failed:
                    raise self.failed(told.failed, told.words)
                ended = told.end
                yield told
            if not ended:
                raise self.died(process.wait(), log)

    @contextmanager
    def started(self, log: IO[bytes], *sheet: str) -> Iterator[subprocess.Popen[bytes]]:
        """Whoever has enough of it ends it."""
        limits = (str(self.memory_bytes + EXTRA_BYTES), str(SECONDS))
        process = subprocess.Popen(
            [sys.executable, "-P", "-s", "-m", f"{__package__}.foreign", *limits, str(self.path), *sheet],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            env={"PYTHONPATH": os.environ.get("PYTHONPATH", ""), "PYTHONUTF8": "1"},
        )
        try:
            yield process
        finally:
            process.kill()
            process.wait()
            if process.stdout is not None:
                process.stdout.close()

    def failed(self, kind: str, words: str) -> EntrepotError:
        if kind == "PasswordError" or "password" in words.lower():
            return encrypted(self.file)
        if kind == "MemoryError":
            return self.too_large()
        if kind == "PanicException":
            return unreadable(self.file, "the reader gave up on it, as on something that no program writes")
        return damaged(self.file, " ".join(words.split())[:LONGEST_WORDS].rstrip(".") or kind)

    def died(self, code: int, log: IO[bytes]) -> EntrepotError:
        log.seek(0)
        if b"memory allocation" in log.read():
            return self.too_large()
        if code == -signal.SIGXCPU:
            return too_large(self.file, f"takes longer than {SECONDS} seconds to read", "Save the sheet as CSV.")
        return unreadable(self.file, f"the reader ended with code {code}")

    def too_large(self) -> EntrepotError:
        most = (self.memory_bytes + EXTRA_BYTES) // 1_000_000
        return too_large(
            self.file,
            f"needs more than {most} MB of memory to be read",
            f"{SAVE if self.needs_library else SAVE_OPEN} Or allow the workbench more memory: [workbench] memory_mb.",
        )


def without_nul(told: Told) -> tuple[list[Row], list[Fault]]:
    rows = [[shown(value) for value in row] for row in told.rows]
    faults = [
        (number, at, "nul_character", rows[number - told.first][at])
        for number, row in enumerate(told.rows, start=told.first)
        for at, value in enumerate(row)
        if value and "\0" in value
    ]
    return rows, [*told.faults, *faults]
