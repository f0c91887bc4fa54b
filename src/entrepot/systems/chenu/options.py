"""What an export or an import is asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from entrepot.systems.chenu.words import ALL

Transforms = Mapping[str, str | Sequence[str]]
"""By field: `lowercase`, `uppercase`, `trim`, `timestamp`, or several of them, in that order."""


@dataclass(frozen=True)
class ExportOptions:
    """`filters`, `mapping` and `transforms` hold for every entity that has the fields; below the name of an entity, for
    that one."""

    format: str
    entities: Sequence[str] = (ALL,)
    include_metadata: bool = True
    """Who exported it, when, from what: in formats that have a place for that."""
    include_attachments: bool = False
    """The files that rows point to, in ZIP packages."""
    compress: bool = False
    """With gzip, what is not compressed already."""
    encrypt: bool = False
    """To the keys of the settings."""
    date_from: date | str | None = None
    date_to: date | str | None = None
    """A day is meant with all its rows, a moment without those dated by it."""
    filters: Mapping[str, object] = field(default_factory=dict)
    page_size: int = 1000
    """Rows are streamed whatever it says."""
    mapping: Mapping[str, str | Mapping[str, str]] = field(default_factory=dict)
    """Field → the name it goes out under."""
    transforms: Mapping[str, str | Sequence[str] | Transforms] = field(default_factory=dict)


@dataclass(frozen=True)
class ImportOptions:
    format: str | None = None
    """None: what the file is."""
    overwrite: bool = False
    """Rows that exist are changed; otherwise they are kept, and counted as skipped."""
    skip_errors: bool = True
    """Records with errors are left out; otherwise nothing is imported if there is one."""
    validate_only: bool = False
    batch_size: int = 100
    """All is written in one transaction whatever it says."""
    mapping: Mapping[str, str | Mapping[str, str]] = field(default_factory=dict)
    """Column of the file → field; of a file with several tables, below the name of each."""
    transforms: Mapping[str, str | Sequence[str] | Transforms] = field(default_factory=dict)
    entity: str | None = None
    """Where the records of a single table go; None: as its name says."""
