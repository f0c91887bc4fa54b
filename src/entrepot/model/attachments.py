"""Files that rows point to, on their way into the application's stores: what is asked for, what becomes of each."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol


class Files(StrEnum):
    """What an import does with the files of a package."""

    RESTORE = "restore"
    """They get the keys that their rows have. Where the store has another file under one, nothing is imported."""
    KEEP = "keep"
    """The same, but what the store has stays."""
    REWRITE = "rewrite"
    """They get new keys, and so do their rows."""
    IGNORE = "ignore"
    """They stay in the package."""


class FileFate(StrEnum):
    RESTORED = "restored"
    THERE = "there"
    """The store has just this file under this key."""
    KEPT = "kept"
    """The store has another one, and somebody said that it stays."""
    MISSING = "missing"
    """Neither the package has it nor the store."""
    CLASH = "clash"
    """The store has another one."""
    UNUSABLE = "unusable"
    """Nothing may be put under this key."""


REFUSED = frozenset({FileFate.CLASH, FileFate.UNUSABLE})
"""With one of these, nothing is imported."""


@dataclass(frozen=True, kw_only=True)
class RowFile:
    """What a row points to."""

    record: int
    field: str
    """Whose value the key is."""
    key: str
    id: str
    name: str
    fate: FileFate
    bytes: int = 0


@dataclass(frozen=True, kw_only=True)
class FilesPlan:
    """Of the rows of one entity that come in, or are there as the file has them."""

    counts: Mapping[str, int] = field(default_factory=dict)
    """By `FileFate`."""
    bytes: int = 0
    """Of all that are restored."""
    unused: int = 0
    """Files of the package that no such row points to."""
    listed: tuple[RowFile, ...] = ()
    """The first of those that are neither restored nor there."""

    @property
    def refused(self) -> int:
        return sum(self.counts.get(fate, 0) for fate in REFUSED)


@dataclass(frozen=True, kw_only=True)
class PlacedFile:
    """One that an import puts into a store, as it is remembered for taking it away again."""

    collection: str
    key: str
    bytes: int
    sha256: str
    folders: tuple[str, ...] = ()
    """Those that were made for it, the innermost first."""


class KeepsFiles(Protocol):
    """Remembers for a job what it puts into the stores."""

    def alone(self) -> AbstractContextManager[None]:
        """Nobody else of this installation puts files into a store, or takes any away, meanwhile."""
        ...

    @property
    def kept(self) -> Collection[tuple[str, str]]:
        """Collection and key of what attempts before this one put there, which came to nothing."""
        ...

    def keep(self, files: Sequence[PlacedFile]) -> None:
        """Before they are there. When it returns, they are taken away again if the job comes to nothing."""
        ...
