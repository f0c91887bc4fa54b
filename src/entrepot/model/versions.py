"""Rows that are versions of one thing: which field counts them, and which fields say of what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Refer(StrEnum):
    """Where references to the newest version lead when there is a newer one."""

    STAY = "stay"
    FOLLOW = "follow"


@dataclass(frozen=True, kw_only=True)
class Versions:
    """Of an entity: docs/how-to/keep-versions.md."""

    field: str
    """Holds the number of the version."""
    of: tuple[str, ...]
    """The fields that all versions of one thing have in common, and no other row."""
    current: str | None = None
    """The field that is true of the newest one alone."""
    references: Refer = Refer.STAY

    @property
    def key(self) -> tuple[str, ...]:
        """What finds one version."""
        return (*self.of, self.field)


@dataclass(frozen=True, kw_only=True)
class Versioning:
    """What the workbench is told about it. The newest row that a record meets has `v`, its number, and `c0`, `c1`, …,
    the fields that the file has not."""

    number: int | None = None
    """The target field in which the file numbers versions; None: it does not."""
    copied: int = 0
    identity: int = 0
    """How many fields, `i0`, `i1`, …, find a row again."""
    off: str | None = None
    """What `flag` says of all but the newest version; None: nothing says it."""


@dataclass(frozen=True, kw_only=True)
class VersionCounts:
    """What the numbers say that a file gives to its records, where these differ from the newest versions."""

    newer: int = 0
    older: int = 0
    """They are left out."""
    conflicting: int = 0
    """They have the number of the newest version and other contents, and fail."""


@dataclass(frozen=True, kw_only=True)
class CellChange:
    """What a version has otherwise than the one before it."""

    field: str
    before: str | None
    after: str | None


@dataclass(frozen=True, kw_only=True)
class Version:
    number: int
    values: Mapping[str, str | None]
    """By field, in their text form: all that a version can differ in."""
    changes: tuple[CellChange, ...] = ()
    """Since the version before; of the first there are none."""
    current: bool | None = None
    """What the flag says; None: there is none."""
    job: str | None = None
    """What added it, as far as journals that are kept say."""
    job_at: str | None = None


@dataclass(frozen=True, kw_only=True)
class History:
    """All versions of one thing, the newest first."""

    entity: str
    """What people call it."""
    of: Mapping[str, str]
    versions: tuple[Version, ...]
