"""What an export is asked for, and what it works with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from entrepot.exporting.select import Selected
from entrepot.formats.port import Format
from entrepot.model.catalog import Catalog
from entrepot.model.fabric import Fan
from entrepot.model.file_stores import FileStore
from entrepot.model.ports import Cancel, Clock, Engine, Reporter, Workbench
from entrepot.model.receipts import Receipt
from entrepot.model.script_dialects import ScriptDialect
from entrepot.model.selection import Selection
from entrepot.storage.disk import Disk
from entrepot.storage.guard import Guard

Promise = Callable[[Path, Path, Path, Receipt], object]


@dataclass(frozen=True, kw_only=True)
class ExportRequest:
    selection: Selection
    selected: Selected
    """What the selection comes to on the catalog."""
    format: Format
    options: Any
    """An instance of `format.options`."""
    title: str
    stem: str
    """The file name without its endings."""
    fingerprint: bool = False
    """Fingerprints even where the format does not give them by itself."""
    metadata: Mapping[str, object] = field(default_factory=dict)
    dialect: ScriptDialect | None = None
    """The SQL dialect to write; the source's own if None."""


@dataclass(frozen=True, kw_only=True)
class Run:
    """What the service hands to an export. Whatever is opened for it is closed by whoever opened it."""

    engine: Engine
    catalog: Catalog
    reporter: Reporter
    cancel: Cancel
    clock: Clock
    work: Path
    """A private folder, removed afterwards."""
    workbench: Callable[[], AbstractContextManager[Workbench]]
    file_stores: Mapping[str, FileStore]
    tool: str
    disk: Disk = field(default_factory=Disk)
    guard: Guard = field(default_factory=Guard)
    """What must not be written over, or into."""
    secret: Callable[[], bytes] | None = None
    """The key of this installation."""
    fan: Fan | None = None
    """Other workers, which may read shares of large tables."""
    promise: Promise | None = None
    """Hears what will be where, and the path of its receipt, just before it is there; and the folder in which it is
    until then."""
