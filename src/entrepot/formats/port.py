"""What a format is: a name, promises, and one function that writes a document.

A third party adds one by an entry point in the group `entrepot.formats` that names a `Format` value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from entrepot.model.catalog import Catalog
from entrepot.model.ports import Outlet, Reporter, RowSource, Workbench
from entrepot.model.problems import Problem
from entrepot.model.receipts import Fingerprint
from entrepot.model.script_dialects import ScriptDialect
from entrepot.model.selection import Query


@dataclass(frozen=True, kw_only=True)
class Document:
    """What is to be written: queries of one snapshot and the words around them."""

    title: str
    stem: str
    """The file name without its endings."""
    created_at: str
    """ISO 8601, UTC."""
    tool: str
    database: str
    engine: str
    snapshot: str
    scope: str
    """Whose rows, in words: `everything`, `tenant acme`, `global entities`."""
    filters: Mapping[str, str]
    """Entity title → its filter in words; only entities that have one."""
    queries: tuple[Query, ...]
    """In dependency order: parents first where there is an order."""
    catalog: Catalog
    metadata: Mapping[str, Any] = field(default_factory=dict)
    """Whatever the caller wants to travel along (who, why)."""


@dataclass(frozen=True, kw_only=True)
class FileReference:
    """A file that a row points to."""

    entity: str
    """The entity's title."""
    field: str
    id: str
    """Unique among the files of its field; the files of another may have it too."""
    name: str
    stored: tuple[str, str]
    """The file collection and the key in it: which file it is."""


class Attachments(Protocol):
    """The files that file fields point to."""

    def files(self) -> Iterator[FileReference]:
        """Every reference of the chosen rows, in order; each field and id once."""
        ...

    def open(self, reference: FileReference) -> AbstractContextManager[Iterator[bytes]] | None:
        """The bytes in blocks; None where the storage has no such file. What is there and cannot be read raises
        AccessError or StorageError, here or in the block."""
        ...


@dataclass(frozen=True, kw_only=True)
class Tools:
    """What a format may use besides the rows."""

    reporter: Reporter
    work: Path
    """A private folder for temporary files, removed by the caller."""
    workbench: Callable[[], Workbench]
    """Opened at the first call, closed by the caller."""
    dialect: ScriptDialect | None = None
    """The SQL dialect to write (`sql` only)."""
    attachments: Attachments | None = None
    measure: bool = False
    """Fingerprints are wanted; the format may give them if that is cheaper than a second read."""
    secret: Callable[[], bytes] | None = None
    """The key of this installation, to sign what comes back to it."""


@dataclass(frozen=True, kw_only=True)
class Written:
    """What became of one query."""

    entity: str
    rows: int
    lane: str
    member: str
    """The file, sheet or package member that holds it."""
    fingerprint: Fingerprint | None = None


@dataclass(frozen=True, kw_only=True)
class Result:
    written: tuple[Written, ...]
    problems: tuple[Problem, ...] = ()
    """Warnings: cut cells, missing attachments, notes on what did not travel."""


Writer = Callable[[Document, RowSource, Outlet, Any, Tools], Result]
"""(document, rows, outlet, options, tools): `options` is an instance of `Format.options`."""


@dataclass(frozen=True, kw_only=True)
class Format:
    name: str
    """What people type."""
    title: str
    extension: str
    """With the dot."""
    media_type: str
    survives: str
    """One line: what a journey through this format keeps and loses."""
    write: Writer
    options: type
    """A frozen dataclass; every attribute has a default and a line of documentation."""
    aliases: tuple[str, ...] = ()
    many_files: bool = False
    """True: one file per entity; several entities need a folder."""
    staged: bool = False
    """Rows always go through the workbench, so it may start early."""
    lossless: bool = True
    """Whether every value can be read back exactly."""
    metadata: bool = False
    """Whether it has a place for `Document.metadata`; where it has none, metadata are refused."""
    scripts: bool = False
    """Whether it writes SQL, in the dialect that `Tools.dialect` is."""
    json_null: bool = True
    """Whether a JSON `null` and a NULL stay apart."""
    check: Callable[[Path], None] | None = None
    """For a format whose rows cannot be counted: raises DamagedError where a file is no whole file of it."""
    count: Callable[[Path], Mapping[str, int]] | None = None
    """Rows per member of a plain (decompressed, decrypted) file, for `inspect`; strict: raises DamagedError."""
