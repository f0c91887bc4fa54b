"""What it means to take a job back: every row that it changed, of whatever entity, compared with what is there now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from entrepot.model.journals import Part
from entrepot.model.matching import Difference, Span
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
    TAKEN = "taken"
    """Another row has by now what must be unique and was this one's."""
    PARENTLESS = "parentless"
    """What it referred to is not there any more."""
    REFUSED = "refused"
    """The database does not take it."""


@dataclass(frozen=True, kw_only=True)
class BackPart:
    """Rows of one entity that had the same done to them; their values are columns c0, c1, … of its tables."""

    number: int
    """Among those of a job: the names of its tables end with it."""
    entity: str
    part: Part
    columns: tuple[str, ...]
    types: tuple[LogicalType, ...]
    key: tuple[int, ...]
    """The numbers of the columns that find a row again."""
    new: tuple[str, ...] = ()
    """Fields that the table did not have then; a row that has a value there was changed since."""

    def table(self, name: str) -> str:
        return f"{name}_{self.number:d}"

    @property
    def beyond(self) -> int:
        """Added to the numbers of its rows, they are none of another part's."""
        return (self.number + 1) << 40

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(f"c{at}" for at in range(len(self.columns)))

    @property
    def new_names(self) -> tuple[str, ...]:
        return tuple(f"n{at}" for at in range(len(self.new)))

    def named(self, numbers: Sequence[int]) -> tuple[str, ...]:
        return tuple(f"c{at}" for at in numbers)

    def has(self, fields: Sequence[str]) -> bool:
        return set(self.columns).issuperset(fields)

    def numbers(self, fields: Sequence[str]) -> tuple[int, ...]:
        return tuple(self.columns.index(name) for name in fields)


@dataclass(frozen=True, kw_only=True)
class Blocking:
    """Rows that refer to created ones: table `children_N`, with the number `of` the created one, columns p0… (how they
    spell it) and, where the job changed rows of their entity, their `kin`. `same_N` has the created ones that equal the
    `first` of them in what is referred to."""

    number: int
    of: int
    """The number of the created rows' part."""
    child: str
    """The entity of those that refer to them."""
    title: str
    fields: tuple[str, ...]
    """By which they refer."""
    referred: tuple[str, ...]
    """To which fields of the created rows."""
    lets_go: bool = False
    """Whether one that will refer elsewhere is in nobody's way; not within one entity where the schema would delete or
    empty it first, and it does not get all of the reference back, or cannot be without until then."""


@dataclass(frozen=True, kw_only=True)
class Claim:
    """What must be unique, and what rows of a part would have of it: table `holders_N`, with the number `of` each row
    that would have what another one has now, and the other one's `kin`."""

    number: int
    of: int
    """The number of the part."""
    fields: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Need:
    """What rows of a part would refer to: table `there_N`, with the numbers `of` those whose parent is there. Of rows
    that refer to the same one, the first counts; `alike_N` has those whose parent equals that of `first`, and the
    parents that come back and equal it, by their numbers `beyond` all of these."""

    number: int
    of: int
    """The number of the part."""
    parent: str
    """The entity; rows of it that come back can be the parents themselves."""
    title: str
    fields: tuple[str, ...]
    parent_fields: tuple[str, ...]

    def sources(self, parts: Sequence[BackPart]) -> Iterator[BackPart]:
        """Whose rows may be the parents when they come back."""
        for part in parts:
            if part.entity == self.parent and part.part is not Part.CREATED and part.has(self.parent_fields):
                yield part


def kin(parts: Sequence[BackPart], entity: str) -> tuple[tuple[str, str], ...]:
    """The columns by which a row of an entity is known again, and what they hold: the keys of the parts whose rows are
    there.

    >>> kin([BackPart(number=2, entity="people", part=Part.CREATED, columns=("id",), types=(), key=(0,))], "people")
    (('k2_0', 'id'),)
    """
    there = [part for part in parts if part.entity == entity and part.part is not Part.REMOVED]
    return tuple((f"k{part.number}_{at}", part.columns[column]) for part in there for at, column in enumerate(part.key))


@dataclass(frozen=True, kw_only=True)
class Beside:
    """What stands in the way of rows that would become what they were."""

    blocking: tuple[Blocking, ...] = ()
    claims: tuple[Claim, ...] = ()
    needs: tuple[Need, ...] = ()


@dataclass(frozen=True, kw_only=True)
class KeptRow:
    """A row that stays as it is, and why."""

    part: Part
    key: tuple[str | None, ...]
    fate: Fate
    reason: str = ""
    """The entity that refers to it or that it referred to, the fields that must be unique, or the database's words."""
    entity: str = ""
    """What people call its entity."""


@dataclass(frozen=True, kw_only=True)
class Compared:
    fates: Mapping[str, int]
    """By `Fate`."""
    digest: str


@dataclass(frozen=True, kw_only=True)
class Settled:
    parts: tuple[Compared, ...]
    """By the numbers of the parts."""
    blocked_by: Mapping[str, int]
    """Rows of other entities that refer to created ones."""

    def back(self, part: BackPart) -> int:
        """How many of its rows become what they were."""
        return self.parts[part.number].fates.get(Fate.BACK, 0)


class UndoBench(Protocol):
    """What taking back asks of the workbench, whose tables `journal_N` (of updated rows also `before_N`)
    and `now_N` were given to it, N being the number of a part."""

    def compare(self, part: BackPart) -> Compared:
        """Decide about each row of the journal."""
        ...

    def hold_back(self, parts: Sequence[BackPart], beside: Beside) -> Settled:
        """After all parts were compared: rows that something stands in the way of stay, and what hangs on them."""
        ...

    def line_up(self, parts: Sequence[BackPart]) -> None:
        """Number the rows that become what they were, of each part from 1."""
        ...

    def refuse(self, part: BackPart, refused: Mapping[int, str]) -> None:
        """These numbers stay, because the database said something."""
        ...

    def staying(self, part: BackPart, most: int) -> tuple[Sequence[KeptRow], Sequence[Difference]]:
        """The first rows that stay, and the first values that come back."""
        ...

    def wanted(self, part: BackPart, columns: Sequence[str], *, changed: Sequence[int], null: str) -> Iterator[bytes]:
        """What rows that become what they were would have, behind the number n of each; of updated rows those of which
        one of `changed` becomes something else."""
        ...

    def references(self, need: Need, parts: Sequence[BackPart], *, null: str) -> Iterator[bytes]:
        """What rows of the journal refer to, each once, behind the first n that has it, nothing that is NULL; and the
        parents that come back, behind their numbers `beyond` those."""
        ...

    def back(
        self, part: BackPart, columns: Sequence[str], *, null: str = "", span: Span | None = None
    ) -> Iterator[bytes]:
        """Rows that become what they were; of updated ones, cN is what they were and aN what they are. A column without
        a name is NULL. `span`: as they were lined up."""
        ...
