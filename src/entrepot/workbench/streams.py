"""What callers hold while their rows go into the child."""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from entrepot.model.canonical import digest_text
from entrepot.model.errors import InputError, StorageError
from entrepot.model.ports import ParquetFile, StagedColumn
from entrepot.model.receipts import Fingerprint
from entrepot.workbench.borders import TOO_LONG
from entrepot.workbench.protocol import Done, Request
from entrepot.workbench.protocol_baselines import DigestRows
from entrepot.workbench.protocol_deciding import TakeRows
from entrepot.workbench.protocol_rows import FingerprintRows
from entrepot.workbench.rows import RowPipe

if TYPE_CHECKING:
    from entrepot.workbench.client import ChildWorkbench

PART_SEGMENTS = 32


class PartedStream(ABC):
    """Rows beyond what one query should take go into another."""

    def __init__(self, workbench: ChildWorkbench, columns: int) -> None:
        self.workbench, self.columns = workbench, columns
        self.stack = ExitStack()
        self.rows = 0
        self.longest = workbench.usual_row_bytes
        """What no row of a part exceeds."""

    @abstractmethod
    def request(self, rows: tuple[str, ...]) -> Request:
        """What becomes of the rows of one part."""

    def __enter__(self) -> Self:
        """A child that is gone already says so here, and its pipe must not outlive that."""
        with self.stack:
            self.begin()
            self.stack = self.stack.pop_all()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        with self.stack:
            self.workbench.abandon(self.pipe)

    def begin(self) -> None:
        self.pipe: RowPipe = self.stack.enter_context(self.workbench.pipe(self.columns, PART_SEGMENTS, self.longest))
        self.workbench.ask(self.request(self.pipe.names))

    def write(self, data: bytes) -> None:
        try:
            self.pipe.write(data)
        except InputError as error:
            if error.code != TOO_LONG or self.longest == self.workbench.longest_row_bytes:
                raise
            self.make_room(data)
        if self.pipe.full:
            self.go_on()

    def make_room(self, data: bytes) -> None:
        """For any row, in a part of its own."""
        rest = self.pipe.take_back() + data
        self.longest = self.workbench.longest_row_bytes
        self.go_on()
        self.pipe.write(rest)

    def go_on(self) -> None:
        self.add()
        self.stack.close()
        self.begin()

    def add(self) -> Done:
        self.pipe.finish()
        done = self.workbench.answer()
        self.rows += done.rows
        return done


class FingerprintStream(PartedStream):
    """Fulfils `model.ports.RowStream`: digests add up."""

    def __init__(self, workbench: ChildWorkbench, columns: tuple[StagedColumn, ...]) -> None:
        super().__init__(workbench, len(columns))
        self.staged, self.sum = columns, 0

    def request(self, rows: tuple[str, ...]) -> FingerprintRows:
        return FingerprintRows(columns=self.staged, rows=rows, longest=self.longest)

    def add(self) -> Done:
        done = super().add()
        self.sum += int(done.digest or "0", 16)
        return done

    def finish(self) -> Fingerprint:
        self.add()
        return Fingerprint(rows=self.rows, digest=digest_text(self.sum))


class DigestStream(PartedStream):
    """Fulfils `model.ports.DigestStream`: each part has its own file."""

    def __init__(self, workbench: ChildWorkbench, columns: tuple[StagedColumn, ...], key: tuple[int, ...], salt: str):
        super().__init__(workbench, len(columns))
        self.staged, self.key, self.salt = columns, key, salt
        self.paths: list[Path] = []

    def request(self, rows: tuple[str, ...]) -> DigestRows:
        path = self.workbench.work.resolve() / f"digests-{rows[0].rpartition('/')[2]}"
        self.paths.append(path)
        return DigestRows(
            columns=self.staged, key=self.key, salt=self.salt, rows=rows, longest=self.longest, path=str(path)
        )

    def finish(self) -> tuple[Path, ...]:
        self.add()
        return tuple(self.paths)


class TakenStream(PartedStream):
    """Fulfils `model.ports.TakenRows`."""

    def __init__(
        self, workbench: ChildWorkbench, table: str, columns: tuple[str, ...], null: str = "", *, more: bool
    ) -> None:
        super().__init__(workbench, len(columns))
        self.table, self.names, self.null = table, columns, null
        self.more = more

    def request(self, rows: tuple[str, ...]) -> TakeRows:
        more, self.more = self.more, True
        return TakeRows(
            table=self.table, columns=self.names, rows=rows, more=more, null=self.null, longest=self.longest
        )

    def finish(self) -> int:
        self.add()
        return self.rows


class ParquetStream:
    """Fulfils `model.ports.ParquetStream`."""

    def __init__(self, workbench: ChildWorkbench, pipe: RowPipe) -> None:
        self.workbench, self.pipe = workbench, pipe

    def write(self, data: bytes) -> None:
        self.pipe.write(data)
        if self.pipe.full:
            raise StorageError(
                "entity_too_large",
                "These are more rows than one Parquet file can be made of.",
                remedy="Export them in parts, with a filter, or as CSV.",
            )

    def finish(self) -> ParquetFile:
        self.pipe.finish()
        done = self.workbench.answer()
        measured = Fingerprint(rows=done.rows, digest=done.digest) if done.digest else None
        return ParquetFile(rows=done.rows, fingerprint=measured, as_text=done.as_text, renamed=done.renamed)
