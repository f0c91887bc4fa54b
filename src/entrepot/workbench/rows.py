"""The way rows take into the child: CSV through named pipes, written without ever blocking on a child that no longer
reads.

DuckDB keeps what it read of a pipe until the pipe ends, and its parallel reader (which would not) guesses where rows
begin. So a stream is cut into segments, one pipe each, at places that are provably between two rows: after a line
break with an even number of quotes before it. DuckDB reads them as a list of files, one after the other.
"""

from __future__ import annotations

import errno
import fcntl
import os
import select
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from entrepot.model.errors import BugError
from entrepot.model.templates import CsvDialect
from entrepot.workbench.borders import RowBorders

SEGMENT_BYTES = 32 << 20
"""DuckDB holds up to twice this while it reads."""
PIPE_BYTES = 1 << 20
POLL_SECONDS = 0.002
COMMAS = CsvDialect()


class Reader(Protocol):
    """Whoever reads the rows."""

    def look_after(self, seconds: float) -> None:
        """Wait so long for a word from the reader, and raise what is wrong with it, if anything."""
        ...

    def gone(self) -> Exception:
        """Why it stopped reading."""
        ...


class RowPipe:
    """Rows for one query, in at most `segments` segments. Only the current one is a pipe: those to come are links to
    one empty file, so that a stream that is short costs nothing."""

    def __init__(
        self,
        folder: Path,
        *,
        columns: int,
        segments: int,
        longest_row_bytes: int,
        reader: Reader,
        dialect: CsvDialect = COMMAS,
        borders: RowBorders | None = None,
    ) -> None:
        self.folder, self.segments, self.reader = folder, segments, reader
        self.header = (dialect.delimiter.join(["h"] * max(1, columns)) + dialect.newline).encode()
        """Skipped by DuckDB; without it, U+FEFF at the start of a first value would pass for a byte order mark."""
        self.quote, self.longest = dialect.quote.encode(), longest_row_bytes
        self.borders = borders or RowBorders(quote=self.quote, longest_row_bytes=self.longest)
        self.held = b""
        """The beginning of a row: only whole ones leave."""
        self.number, self.size = 0, 0
        self.file: int | None = None
        self.lay_out()

    def lay_out(self) -> None:
        """A pipe for the first segment, and one empty file under the names of all others."""
        self.folder.mkdir()
        empty = self.folder / "empty"
        empty.write_bytes(self.header)
        os.mkfifo(self.segment(0), 0o600)
        for number in range(1, self.segments):
            self.segment(number).hardlink_to(empty)

    def segment(self, number: int) -> Path:
        return self.folder / f"{number:04d}"

    def write(self, data: bytes) -> None:
        """Where a row is too long, nothing of `data` leaves."""
        self.borders.take(data)
        ready = self.held + data if self.held else data
        whole = len(ready) - self.borders.open_bytes
        self.held = ready[whole:]
        self.push(self.opened(), ready[:whole] if self.held else ready)
        self.size += whole
        if self.size >= SEGMENT_BYTES and self.borders.between_rows and self.number + 1 < self.segments:
            self.next_segment()

    def take_back(self) -> bytes:
        """What has not left yet; what has is whole rows."""
        self.borders = RowBorders(quote=self.quote, longest_row_bytes=self.longest)
        held, self.held = self.held, b""
        return held

    @property
    def full(self) -> bool:
        """Whether the last segment has all that it should hold, and the rows can go on elsewhere."""
        return self.number + 1 == self.segments and self.size >= SEGMENT_BYTES and self.borders.between_rows

    @property
    def names(self) -> tuple[str, ...]:
        """What DuckDB reads, one after the other."""
        return tuple(f"{self.folder.name}/{number:04d}" for number in range(self.segments))

    def next_segment(self) -> None:
        """The next name becomes a pipe before this one ends, so the reader never finds the empty file."""
        pipe = self.folder / "pipe"
        os.mkfifo(pipe, 0o600)
        pipe.replace(self.segment(self.number + 1))
        self.shut()
        self.number, self.size = self.number + 1, 0

    def finish(self) -> None:
        if self.borders.inside:
            raise BugError("rows_cut", "The rows ended within a quoted value.", remedy="Please report this.")
        self.finish_early()

    def finish_early(self) -> None:
        """An end, so that the reader can go on to other things; the rows are of no use."""
        self.push(self.opened(), self.held)
        self.held = b""
        self.shut()

    def opened(self) -> int:
        if self.file is None:
            self.file = roomy(self.opened_for_reader())
            self.push(self.file, self.header)
        return self.file

    def opened_for_reader(self) -> int:
        """A pipe can only be opened for writing once it is read, and the reader may say no instead."""
        while True:
            try:
                return os.open(self.segment(self.number), os.O_WRONLY | os.O_NONBLOCK)
            except OSError as error:
                if error.errno != errno.ENXIO:
                    raise
            self.reader.look_after(POLL_SECONDS)

    def push(self, file: int, data: bytes) -> None:
        rest = memoryview(data)
        while rest:
            try:
                rest = rest[os.write(file, rest) :]
            except BlockingIOError:
                self.wait(file)
            except BrokenPipeError:
                raise self.reader.gone() from None

    def wait(self, file: int) -> None:
        """Until there is room in the pipe; every second somebody looks after the reader."""
        if not select.select([], [file], [], 1)[1]:
            self.reader.look_after(0)

    def shut(self) -> None:
        if self.file is not None:
            os.close(self.file)
            self.file = None

    def close(self) -> None:
        """Leave nothing open or lying about."""
        self.shut()
        for path in self.folder.iterdir():
            path.unlink()
        self.folder.rmdir()


def roomy(pipe: int) -> int:
    """Fewer switches between writer and reader, where the system allows a larger pipe."""
    with suppress(OSError, AttributeError):
        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
    return pipe
