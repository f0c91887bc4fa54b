"""The parent's side: starts the child, asks, and tells a dead child from a slow one."""

from __future__ import annotations

import os
import select
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO, TypeVar

from entrepot.model.errors import BugError, EntrepotError, UnavailableError
from entrepot.model.ports import StagedColumn
from entrepot.model.receipts import Fingerprint
from entrepot.workbench.borders import longest_row, usual_row
from entrepot.workbench.links import linked
from entrepot.workbench.protocol import (
    REPLIES,
    Answer,
    Done,
    Failed,
    FingerprintFile,
    Request,
    WriteParquet,
    frame,
    read_frame,
)
from entrepot.workbench.refusing import rebuilt
from entrepot.workbench.rows import RowPipe
from entrepot.workbench.streams import DigestStream, FingerprintStream, ParquetStream

Told = TypeVar("Told", bound=Answer)

MEMORY_BYTES = 200_000_000
GOODBYE_SECONDS = 5.0
LONGEST_NAME = 60
"""Characters of a file's name, which may have four bytes each."""
PARQUET_SEGMENTS = 512
"""16 GiB of CSV for one file."""
FILES_TIMES_COLUMNS = 16_000
"""DuckDB takes 12 µs per column to begin a file, whatever is in it: a fifth of a second in all."""


@contextmanager
def open_workbench(work: Path, memory_bytes: int = MEMORY_BYTES) -> Iterator[ChildWorkbench]:
    """A workbench in the private folder `work`. `memory_bytes` is DuckDB's limit; the whole child may use
    some 300 MB more, most of which it does not need."""
    said = work / "workbench.log"
    with said.open("wb") as log, start(work, memory_bytes, log) as process:
        workbench = ChildWorkbench(process, work, said, memory_bytes)
        try:
            yield workbench
        finally:
            workbench.close()


def start(work: Path, memory_bytes: int, log: BinaryIO) -> subprocess.Popen[bytes]:
    """A new interpreter that inherits nothing: no environment, no files, no sockets. `-P` keeps files of the
    work folder from being imported."""
    return subprocess.Popen(
        [sys.executable, "-P", "-s", "-m", "entrepot.workbench.child", str(memory_bytes)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=log,
        cwd=work,
        env={"PYTHONPATH": os.pathsep.join(path for path in sys.path if path), "PYTHONUTF8": "1"},
        close_fds=True,
    )


class ChildWorkbench:
    """Fulfils `model.ports.Workbench`. One request at a time."""

    def __init__(self, process: subprocess.Popen[bytes], work: Path, log: Path, memory_bytes: int) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self.process, self.work, self.log = process, work, log
        self.requests, self.replies = process.stdin, process.stdout
        self.longest_row_bytes, self.usual_row_bytes = longest_row(memory_bytes), usual_row(memory_bytes)
        self.pipes = 0
        self.asked = False
        self.part = 0

    @contextmanager
    def fingerprint(self, columns: Sequence[StagedColumn]) -> Iterator[FingerprintStream]:
        with FingerprintStream(self, tuple(columns)) as stream:
            yield stream

    @contextmanager
    def digests(self, columns: Sequence[StagedColumn], key: Sequence[int], salt: str) -> Iterator[DigestStream]:
        with DigestStream(self, tuple(columns), tuple(key), salt) as stream:
            try:
                yield stream
            finally:
                for path in stream.paths:
                    path.unlink(missing_ok=True)

    @contextmanager
    def parquet(
        self,
        columns: Sequence[StagedColumn],
        path: Path,
        *,
        measure: bool = True,
        careful: bool = False,
        roomy: bool = False,
    ) -> Iterator[ParquetStream]:
        longest = self.longest_row_bytes if roomy else self.usual_row_bytes
        with self.pipe(len(columns), segments(len(columns), PARQUET_SEGMENTS), longest) as pipe:
            self.ask(
                WriteParquet(
                    columns=tuple(columns),
                    rows=pipe.names,
                    longest=longest,
                    path=str(path.resolve()),
                    measure=measure,
                    careful=careful,
                )
            )
            stream = ParquetStream(self, pipe)
            try:
                yield stream
            except BaseException:
                self.abandon(pipe)
                path.unlink(missing_ok=True)
                raise

    def fingerprint_file(
        self, path: Path, format: str, columns: Sequence[StagedColumn], options: dict[str, object]
    ) -> Fingerprint:
        with self.brought_in(path) as inside:
            self.ask(FingerprintFile(columns=tuple(columns), path=str(inside), format=format, options=options))
            return fingerprint_of(self.answer())

    def has_answered(self) -> bool:
        return bool(select.select([self.replies], [], [], 0)[0])

    def forget(self) -> None:
        """Nobody wants the reply to what was asked, if it has not come yet."""
        if self.asked:
            self.answer()

    @contextmanager
    def brought_in(self, path: Path, name: str = "") -> Iterator[Path]:
        """The child may read the work folder only, so a file elsewhere gets a second name there for a while; also one
        that people know by another name."""
        path = path.resolve()
        name = Path(name).name[:LONGEST_NAME] or path.name
        if path.is_relative_to(self.work.resolve()) and name == path.name:
            yield path
            return
        with TemporaryDirectory(dir=self.work) as folder:
            yield linked(path, Path(folder) / name)

    @contextmanager
    def pipe(self, columns: int, segments: int, longest: int) -> Iterator[RowPipe]:
        self.pipes += 1
        pipe = RowPipe(
            self.work.resolve() / f"rows-{self.pipes}",
            columns=columns,
            segments=segments,
            longest_row_bytes=longest,
            reader=self,
        )
        try:
            yield pipe
        finally:
            pipe.close()

    def ask(self, request: Request) -> None:
        """Two at once would wait for each other for ever."""
        if self.asked:
            raise BugError(
                "workbench_busy",
                f"The workbench was asked for {type(request).__name__} before it had answered.",
                remedy="Please report it.",
            )
        try:
            self.requests.write(frame(request))
            self.requests.flush()
        except BrokenPipeError as error:
            raise self.died() from error
        self.asked = True

    def answer(self) -> Done:
        return self.reply(Done)

    def reply(self, kind: type[Told]) -> Told:
        """Wait for the reply. A child that dies closes its end, so this cannot hang on a dead one."""
        self.asked = False
        data = read_frame(self.replies)
        if data is None:
            raise self.died()
        reply = REPLIES.decode(data)
        if isinstance(reply, Failed):
            raise rebuilt(reply)
        if not isinstance(reply, kind):
            raise BugError("workbench_strayed", f"The workbench answered {type(reply).__name__}.")
        return reply

    def look_after(self, seconds: float) -> None:
        """Before the rows have ended, the child has nothing to say but what is wrong."""
        if select.select([self.replies], [], [], seconds)[0]:
            raise self.gone()

    def gone(self) -> EntrepotError:
        try:
            self.answer()
        except EntrepotError as error:
            return error
        return BugError("workbench_stopped_reading", "The workbench stopped reading early.", remedy="Please report it.")

    def abandon(self, pipe: RowPipe) -> None:
        """Their end lets the child finish; nobody wants its reply."""
        with suppress(EntrepotError):
            if self.asked:
                pipe.finish_early()
                self.forget()

    def died(self) -> UnavailableError:
        code = self.process.wait()
        how = f"was ended by signal {-code}" if code < 0 else f"ended with exit code {code}"
        words = self.log.read_text(errors="replace").strip().splitlines()
        last = f" It said: {words[-1][:300]}" if words else ""
        return UnavailableError(
            "workbench_died",
            f"The workbench process {how} before its work was done.{last}",
            remedy="Try again. If it happens again, the machine may be short of memory.",
        )

    def close(self) -> None:
        """End of its input is the child's signal to go."""
        with suppress(BrokenPipeError):
            self.requests.close()
        try:
            self.process.wait(GOODBYE_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.replies.close()


def segments(columns: int, most: int) -> int:
    """Fewer for wide tables.

    >>> segments(10, 512), segments(200, 512), segments(1600, 32)
    (512, 80, 10)
    """
    return max(4, min(most, FILES_TIMES_COLUMNS // max(1, columns)))


def fingerprint_of(done: Done) -> Fingerprint:
    return Fingerprint(rows=done.rows, digest=done.digest or "")
