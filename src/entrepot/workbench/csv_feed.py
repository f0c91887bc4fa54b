"""A file's blocks into the pipes that DuckDB reads, by a thread beside it. The same way as a parent's rows."""

from __future__ import annotations

import codecs
import threading
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from entrepot.model.templates import CsvDialect
from entrepot.workbench.borders import RowBorders
from entrepot.workbench.rows import RowPipe

SEGMENTS = 32


class StoppedReadingError(Exception):
    """DuckDB ended first, with an error of its own."""


class Checked(Protocol):
    """A file's blocks, each after it was found good."""

    @property
    def dialect(self) -> CsvDialect: ...

    @property
    def quote(self) -> bytes: ...

    def blocks(self) -> Iterator[bytes]: ...


@dataclass(kw_only=True)
class Feed:
    check: Checked
    skip_first: bool
    """Leave out the first record: the header."""
    columns: int
    row_bytes: int
    segments: int = SEGMENTS
    stopped: threading.Event = field(default_factory=threading.Event)
    error: Exception | None = None
    ended: bool = False

    def rounds(self) -> Generator[tuple[str, ...]]:
        """Names of pipes to read to their end, once or, for large files, several times. A fault of the file is raised
        when the round is over, whatever DuckDB made of the bytes."""
        blocks = self.body()
        number = 0
        while not self.ended:
            number += 1
            yield from self.round(Path.cwd() / f"file-{number}", blocks)

    def round(self, folder: Path, blocks: Iterator[bytes]) -> Iterator[tuple[str, ...]]:
        pipe = RowPipe(
            folder,
            columns=self.columns,
            segments=self.segments,
            longest_row_bytes=self.row_bytes,
            reader=self,
            dialect=self.check.dialect,
            borders=self.borders(),
        )
        thread = threading.Thread(target=self.fill, args=(pipe, blocks))
        self.stopped.clear()
        thread.start()
        try:
            yield pipe.names
        finally:
            self.stopped.set()
            thread.join()
            pipe.close()
            if self.error is not None:
                raise self.error

    def fill(self, pipe: RowPipe, blocks: Iterator[bytes]) -> None:
        try:
            for block in blocks:
                pipe.write(block)
                if pipe.full:
                    break
            else:
                self.ended = True
            pipe.finish_early()
        except StoppedReadingError:
            self.ended = True
        except Exception as error:  # whatever it is, nobody may wait for rows that do not come
            self.error, self.ended = error, True
            self.let_go(pipe)

    def let_go(self, pipe: RowPipe) -> None:
        try:
            pipe.finish_early()
        except StoppedReadingError:
            return

    def borders(self) -> RowBorders:
        return RowBorders(quote=self.check.quote, longest_row_bytes=self.row_bytes)

    def body(self) -> Iterator[bytes]:
        """The records behind the mark and the header."""
        skipping, quotes = self.skip_first, 0
        for number, block in enumerate(self.check.blocks()):
            rest = block.removeprefix(codecs.BOM_UTF8) if not number else block
            while skipping and rest:
                line, _, rest = rest.partition(b"\n")
                quotes += line.count(self.check.quote)
                skipping = quotes % 2 == 1
            if rest:
                yield rest

    def look_after(self, seconds: float) -> None:
        if self.stopped.wait(seconds):
            raise StoppedReadingError

    def gone(self) -> Exception:
        return StoppedReadingError()
