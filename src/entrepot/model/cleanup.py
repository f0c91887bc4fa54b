"""What cleaning up takes away, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

JOB, PLAN, ORPHAN, PART, CLAIM = "job", "plan", "orphan", "part", "claim"
"""What goes besides stored files, which are called by what they are: `draft`, `journal`, `export`, …"""


@dataclass(frozen=True, kw_only=True)
class Removal:
    """Something that cleaning up has removed."""

    id: str
    kind: str
    job: str | None
    """Whose it was."""
    bytes: int
    at: datetime
    done_at: datetime | None = None
    """None: its file may still be there."""


@dataclass(frozen=True, kw_only=True)
class CleanupRequest:
    orphans: bool = False
    """Also files that no record knows."""
    sure: bool = False
    """Only what had expired when it was looked before, too: nobody sees whether the clock is right."""


@dataclass(frozen=True, kw_only=True)
class Gone:
    """One thing that goes."""

    kind: str
    id: str
    bytes: int
    since: datetime | None
    """When its time was over; None: it never had one."""


@dataclass(frozen=True, kw_only=True)
class Sum:
    """All of a kind."""

    kind: str
    count: int
    bytes: int
    why: str


@dataclass(frozen=True, kw_only=True)
class CleanupReceipt:
    dry_run: bool
    at: datetime
    """What was over by then."""
    sums: tuple[Sum, ...]
    first: tuple[Gone, ...]
    """A thousand of them."""
    orphans_left: int = 0
    """Files that no record knows, and that nobody said should go."""
    orphan_bytes: int = 0

    @property
    def count(self) -> int:
        return sum(each.count for each in self.sums)

    @property
    def bytes(self) -> int:
        return sum(each.bytes for each in self.sums)
