"""What it means to take a job back: every row that it changed, compared with what is there now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from entrepot.model.journals import Part
from entrepot.model.matching import Difference
from entrepot.model.problems import Problem
from entrepot.model.types import LogicalType


class Fate(StrEnum):
    """What becomes of a row that the job had changed."""

    BACK = "back"
    """It is as the job left it, so it becomes what it was before."""
    ALREADY = "already"
    """It is what it was before, or, if it was created, not there any more."""
    EDITED = "edited"
    """Somebody changed it since, so it stays."""
    GONE = "gone"
    """Somebody deleted it since."""
    BLOCKED = "blocked"
    """It was created, and other rows refer to it by now, so it stays."""


@dataclass(frozen=True, kw_only=True)
class BackPart:
    """Rows of a journal that had the same done to them; their values are columns c0, c1, … of its tables."""

    part: Part
    columns: tuple[str, ...]
    types: tuple[LogicalType, ...]
    key: tuple[int, ...]
    """The numbers of the columns that find a row again."""
    new: tuple[str, ...] = ()
    """Fields that the table did not have then; a row that has a value there was changed since."""

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(f"c{at}" for at in range(len(self.columns)))

    @property
    def new_names(self) -> tuple[str, ...]:
        return tuple(f"n{at}" for at in range(len(self.new)))

    def named(self, numbers: Sequence[int]) -> tuple[str, ...]:
        return tuple(f"c{at}" for at in numbers)


@dataclass(frozen=True, kw_only=True)
class Blocking:
    """Rows that refer to created ones: table `children_N`, with columns p0… (what they refer to) and i0… (who they
    are, if they are rows of the same entity)."""

    number: int
    entity: str
    columns: tuple[int, ...]
    """What is referred to, in the created rows."""
    own: bool = False


@dataclass(frozen=True, kw_only=True)
class KeptRow:
    """A row that stays as it is, and why."""

    part: Part
    key: tuple[str | None, ...]
    fate: Fate
    blocked_by: str = ""


@dataclass(frozen=True, kw_only=True)
class Compared:
    fates: Mapping[str, int]
    """By `Fate`."""
    digest: str


@dataclass(frozen=True, kw_only=True)
class UndoPlan:
    """What taking a job back would do. Judged at one moment; what is done later is compared with it again."""

    job: str
    """The one that is taken back."""
    kind: str
    done_at: str
    engine: str
    database: str
    entity: str
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
    blocked_by: Mapping[str, int] = field(default_factory=dict)
    """Rows of other entities that refer to created ones."""
    forgotten: int = 0
    """Rows that cannot be found again."""
    kept: tuple[KeptRow, ...] = ()
    """The first that stay, and why."""
    key: tuple[str, ...] = ()
    """The fields by which changed rows are found."""
    compared: tuple[str, ...] = ()
    """Their other fields that the job had set."""
    differences: tuple[Difference, ...] = ()
    """The first values that come back."""
    digest: str
    undone_by: str | None = None
    """The job that took it back before."""
    warnings: tuple[Problem, ...] = ()

    @property
    def changes(self) -> int:
        return self.deleted + self.restored + self.reinserted

    @property
    def left(self) -> int:
        """Rows that stay although the job had changed them."""
        return self.edited + self.gone + self.blocked + self.forgotten


@dataclass(frozen=True, kw_only=True)
class UndoReceipt:
    """What was taken back: rows of the job = changes + already + edited + gone + blocked + forgotten."""

    job: str
    undoes: str
    tool: str
    created_at: str
    seconds: float
    engine: str
    database: str
    snapshot: str
    entity: str
    deleted: int
    restored: int
    reinserted: int
    already: int
    edited: int
    gone: int
    blocked: int
    forgotten: int
    kept: tuple[KeptRow, ...] = ()
    digest: str
    warnings: tuple[Problem, ...] = ()


class UndoBench(Protocol):
    """What taking back asks of the workbench, whose tables `journal_PART` and `now_PART` were given to it."""

    def compare(self, part: BackPart) -> Compared:
        """Decide about each row of the journal."""
        ...

    def block(self, part: BackPart, blocking: Sequence[Blocking]) -> tuple[Compared, Mapping[str, int]]:
        """Keep created rows to which others refer; how many rows of which entity."""
        ...

    def staying(self, part: BackPart, most: int) -> tuple[Sequence[KeptRow], Sequence[Difference]]:
        """The first rows that stay, and the first values that come back."""
        ...

    def back(self, part: BackPart, columns: Sequence[str], *, null: str = "") -> Iterator[bytes]:
        """Rows that become what they were; of updated ones, cN is what they were and aN what they are."""
        ...
