"""What taking a job back would do, and what it did, as people are told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import TypeVar

from entrepot.model.matching import Difference
from entrepot.model.problems import Problem
from entrepot.model.undoing import KeptRow


@dataclass(frozen=True, kw_only=True)
class UndoCounts:
    """Rows of the job: each is counted once."""

    deleted: int
    """Rows that the job created and that go again."""
    restored: int
    """Rows that get back the values that they had."""
    reinserted: int
    """Rows that the job deleted and that come back."""
    already: int
    edited: int
    gone: int
    blocked: int
    taken: int = 0
    parentless: int = 0
    refused: int = 0
    """What the database does not take; only an attempt tells."""
    forgotten: int = 0
    """Rows that cannot be found again."""

    @property
    def changes(self) -> int:
        return self.deleted + self.restored + self.reinserted

    @property
    def left(self) -> int:
        """Rows that stay although the job had changed them."""
        stay = self.edited + self.gone + self.blocked + self.taken + self.parentless
        return stay + self.refused + self.forgotten


@dataclass(frozen=True, kw_only=True)
class UndoPart(UndoCounts):
    """Those of one entity."""

    entity: str
    """What people call it."""
    key: tuple[str, ...] = ()
    """The fields by which changed rows are found."""
    compared: tuple[str, ...] = ()
    """Their other fields that the job had set."""


@dataclass(frozen=True, kw_only=True)
class Returning(Difference):
    """Values that come back."""

    entity: str


Told = TypeVar("Told", KeptRow, Returning)


def some_of_each(rows: Sequence[Told], most: int) -> tuple[Told, ...]:
    """The first of each entity, so that many rows of one leave room for those of others.

    >>> rows = [Returning(record=at, key=(), before=(), after=(), entity="aaab"[at]) for at in range(4)]
    >>> [row.record for row in some_of_each(rows, 3)]
    [0, 1, 3]
    """
    seen: Counter[str] = Counter()
    ranked: list[tuple[int, int]] = []
    for at, row in enumerate(rows):
        ranked.append((seen[row.entity], at))
        seen[row.entity] += 1
    return tuple(rows[at] for at in sorted(at for _, at in sorted(ranked)[:most]))


def summed(parts: Sequence[UndoCounts]) -> UndoCounts:
    return UndoCounts(**{each.name: sum(getattr(part, each.name) for part in parts) for each in fields(UndoCounts)})


@dataclass(frozen=True, kw_only=True)
class UndoPlan(UndoCounts):
    """What taking a job back would do. Judged at one moment; what is done later is compared with it again."""

    job: str
    """The one that is taken back."""
    kind: str
    done_at: str
    engine: str
    database: str
    entity: str
    """What people call it; of several, all of them."""
    parts: tuple[UndoPart, ...] = ()
    """One for each entity, parents first."""
    blocked_by: Mapping[str, int] = field(default_factory=dict)
    """Rows of other entities that refer to created ones."""
    kept: tuple[KeptRow, ...] = ()
    """The first that stay, and why."""
    key: tuple[str, ...] = ()
    """The fields by which changed rows are found; of several entities, their parts say it."""
    compared: tuple[str, ...] = ()
    """Their other fields that the job had set."""
    differences: tuple[Returning, ...] = ()
    """The first values that come back."""
    digest: str
    undone_by: str | None = None
    """The job that took it back before."""
    unfinished: bool = False
    """Whether its process ended before it was done; once taken back, it cannot be resumed."""
    until: str | None = None
    """How long it can be taken back."""
    locks: tuple[str, ...] = ()
    """The tables that nobody else could use meanwhile, because rows in a circle go or come back."""
    files: int = 0
    """So many it put into the stores: those go that are what they were, and that no row refers to then."""
    warnings: tuple[Problem, ...] = ()


@dataclass(frozen=True, kw_only=True)
class UndoReceipt(UndoCounts):
    """What was taken back."""

    job: str
    undoes: str
    tool: str
    created_at: str
    seconds: float
    engine: str
    database: str
    snapshot: str
    entity: str
    parts: tuple[UndoPart, ...] = ()
    """One for each entity, parents first; receipts of old have none."""
    kept: tuple[KeptRow, ...] = ()
    digest: str
    undone_by: str | None = None
    """The job that took it back before."""
    files: int = 0
    """So many were taken out of the stores."""
    warnings: tuple[Problem, ...] = ()
