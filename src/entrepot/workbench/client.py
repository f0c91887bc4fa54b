"""The parent's side: what the workbench is asked for by those who export."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from entrepot.model.errors import EntrepotError
from entrepot.model.ports import StagedColumn
from entrepot.model.receipts import Fingerprint
from entrepot.workbench.borders import longest_row, usual_row
from entrepot.workbench.conversation import Conversation, start
from entrepot.workbench.links import linked
from entrepot.workbench.protocol import Done
from entrepot.workbench.protocol_rows import FingerprintFile, WriteParquet
from entrepot.workbench.rows import RowPipe
from entrepot.workbench.streams import DigestStream, FingerprintStream, ParquetStream

MEMORY_BYTES = 200_000_000
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
    with (
        said.open("wb") as log,
        TemporaryDirectory(prefix="tables-", dir=work) as tables,
        start(work, Path(tables), memory_bytes, log) as process,
    ):
        workbench = ChildWorkbench(process, work, said, memory_bytes)
        try:
            yield workbench
        finally:
            workbench.close()


class ChildWorkbench(Conversation):
    """Fulfils `model.ports.Workbench`. One request at a time."""

    def __init__(self, process: subprocess.Popen[bytes], work: Path, log: Path, memory_bytes: int) -> None:
        super().__init__(process, log)
        self.work = work
        self.longest_row_bytes, self.usual_row_bytes = longest_row(memory_bytes), usual_row(memory_bytes)
        self.pipes = 0
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

    def abandon(self, pipe: RowPipe) -> None:
        """Their end lets the child finish; nobody wants its reply."""
        with suppress(EntrepotError):
            if self.asked:
                pipe.finish_early()
                self.forget()


def segments(columns: int, most: int) -> int:
    """Fewer for wide tables.

    >>> segments(10, 512), segments(200, 512), segments(1600, 32)
    (512, 80, 10)
    """
    return max(4, min(most, FILES_TIMES_COLUMNS // max(1, columns)))


def fingerprint_of(done: Done) -> Fingerprint:
    return Fingerprint(rows=done.rows, digest=done.digest or "")
