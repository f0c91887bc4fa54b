"""What the floors promise each other. Plain protocols; the adapters live in databases, formats, storage, workbench.

Threads: everything is called from the thread that runs the job, except `cancel`, which may come from any.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from entrepot.model.catalog import Catalog, Entity
from entrepot.model.problems import Problem
from entrepot.model.receipts import Fingerprint
from entrepot.model.script_dialects import ScriptDialect
from entrepot.model.selection import Query
from entrepot.model.templates import Chunk, RowTemplate
from entrepot.model.types import LogicalType

Batch = Any
"""An Arrow record batch (arro3): every column is text in its text form, named as it goes out."""


class Clock(Protocol):
    def now(self) -> datetime: ...

    def monotonic(self) -> float: ...


class Reporter(Protocol):
    """Told what goes on; never decides. Calls are cheap and come at most once per chunk."""

    def phase(self, words: str) -> None: ...

    def begin(self, entity: str, total: int | None) -> None:
        """An entity's rows start to move; `total` is None where only the end will tell."""
        ...

    def advance(self, rows: int, size: int) -> None: ...

    def warn(self, problem: Problem) -> None: ...


@runtime_checkable
class Expecting(Protocol):
    """What a reporter may hear besides; those of hosts may be older than it."""

    def expect(self, totals: Mapping[str, int | None]) -> None:
        """All rows that will move, by the entities that will be begun; `""` of all that are not named."""
        ...


class Cancel(Protocol):
    def check(self) -> None:
        """Raise CancelledError if somebody asked to stop."""
        ...

    def on_cancel(self, callback: Callable[[], None]) -> AbstractContextManager[None]:
        """Call `callback` once, from the asking thread, when somebody asks to stop while the block runs."""
        ...


class Sink(Protocol):
    """Where bytes go. `write` takes all of them or raises."""

    def write(self, data: bytes, /) -> object: ...


class Outlet(Protocol):
    """Where a format puts its files. A single-file format opens the one name it is given."""

    def open(self, name: str, media_type: str) -> AbstractContextManager[Sink]:
        """A member is complete when the block ends without an error; otherwise it never existed."""
        ...


class RowSource(Protocol):
    """The rows of a document, all of one snapshot."""

    def count(self, query: Query) -> int: ...

    def render(self, query: Query, template: RowTemplate, rows_per_chunk: int = 1000) -> Iterator[Chunk]:
        """Finished bytes of whole rows, at most so many per chunk; nothing at all for no rows."""
        ...

    def batches(self, query: Query, rows: int = 10_000) -> Iterator[Batch]: ...


@runtime_checkable
class Heedful(Protocol):
    """What an engine may offer besides; one of a third party may be older than it."""

    def heed(self, cancel: Cancel) -> None:
        """From now on, whoever asks to stop ends what it reads and changes, also while that waits for somebody else's
        lock. Marks are looked for all the same: what became of a transaction has to be known."""
        ...

    def undisturbed(self) -> AbstractContextManager[None]:
        """Nobody is heeded in the block: for what is to be done whatever was asked."""
        ...


class Engine(Protocol):
    """One database, by URL. Opens connections when asked, keeps none."""

    name: str
    script: ScriptDialect
    files: tuple[Path, ...]
    """The files on this machine that the database lives in, also those that exist only at times; of a server none."""

    def introspect(self) -> Catalog: ...

    def snapshot(self, catalog: Catalog, entities: Sequence[Entity], work: Path) -> AbstractContextManager[Session]:
        """One consistent view of `entities`, held until the block ends. Raises ChangedError if the schema is no
        longer `catalog`, AccessError if a table cannot be read in full. `work` is a private folder for copies."""
        ...


class Session(RowSource, Protocol):
    """An open snapshot."""

    identity: str
    """Names the snapshot for the receipt, in the engine's words."""
    warnings: tuple[Problem, ...]
    """What the snapshot cannot promise (tables that no transaction covers)."""

    def lane(self, query: Query, template: RowTemplate) -> str:
        """`forwarded` or `rendered`: how `render` would do it."""
        ...

    def create_rowset(self, name: str, entity: Entity) -> None:
        """An empty set of `entity`'s primary keys, private to this session, gone with it."""
        ...

    def add_to_rowset(self, name: str, where: Query) -> int:
        """Add the keys of the rows that `where` reads (its columns are ignored); how many were new."""
        ...

    def check_unchanged(self) -> None:
        """Raise ChangedError if the schema of the entities changed since the snapshot began."""
        ...

    def cancel(self) -> None:
        """End a running read from another thread; the reader gets CancelledError."""
        ...


@dataclass(frozen=True, kw_only=True)
class StagedColumn:
    """A column as the workbench reads it from a stream or a file."""

    name: str
    type: LogicalType
    null_is_missing: bool = False
    """A JSON `null` counts as NULL, because the file that is compared cannot tell them apart."""


class RowStream(Protocol):
    """CSV bytes on their way into the workbench (header-less, `,` `"` `\\n`, NULL unquoted, '' quoted)."""

    def write(self, data: bytes, /) -> object: ...

    def finish(self) -> Fingerprint:
        """End of the rows; the fingerprint of what came. Raises what the child found wrong."""
        ...


@dataclass(frozen=True, kw_only=True)
class ParquetFile:
    """What became of rows that were written as Parquet."""

    rows: int
    fingerprint: Fingerprint | None
    """Of the file as it was read back; None if it was not asked for."""
    as_text: tuple[str, ...] = ()
    """Columns written as text, because a value does not fit the Parquet type that belongs to them."""
    renamed: tuple[tuple[str, str], ...] = ()
    """Columns whose name differs from another's in nothing but case, or is empty, and the name they got."""


class ParquetStream(Protocol):
    """As RowStream, on the way into a Parquet file."""

    def write(self, data: bytes, /) -> object: ...

    def finish(self) -> ParquetFile: ...


class DigestStream(Protocol):
    """As RowStream; the digests of its rows end up in files."""

    def write(self, data: bytes, /) -> object: ...

    def finish(self) -> Sequence[Path]:
        """One line for each row, in their order; the files are gone when the stream is."""
        ...


class Workbench(Protocol):
    """One child process per job: no credentials, no network, limited memory, ends with its parent."""

    def fingerprint(self, columns: Sequence[StagedColumn]) -> AbstractContextManager[RowStream]: ...

    def digests(
        self, columns: Sequence[StagedColumn], key: Sequence[int], salt: str
    ) -> AbstractContextManager[DigestStream]:
        """Of every cell, for a baseline (`model.baselines`); `key` has the numbers of the columns that find a row."""
        ...

    def parquet(
        self,
        columns: Sequence[StagedColumn],
        path: Path,
        *,
        measure: bool = True,
        careful: bool = False,
        roomy: bool = False,
    ) -> AbstractContextManager[ParquetStream]:
        """Write the rows as a Parquet file at `path`, inside the work folder; `measure` takes a fingerprint.

        A value that its Parquet type cannot hold raises InputError `value_does_not_fit`; the same rows given once
        more with `careful` (a slower way over a temporary file) are written with such columns as text. Likewise a row
        that is longer than usual raises `row_too_long`; it may have a place if they are given with `roomy`."""
        ...

    def fingerprint_file(
        self, path: Path, format: str, columns: Sequence[StagedColumn], options: dict[str, object]
    ) -> Fingerprint:
        """Read a plain (uncompressed, decrypted) csv, ndjson, json or parquet file of one entity, strictly."""
        ...
