"""What an import asks of a database: one transaction that looks, changes, and is committed or never was.

Rows travel as CSV of text forms: `,` `"` `\\n`, no header; what comes out has NULL unquoted and empty, what goes in has
it as `Target.null`, unquoted. Blocks hold whole rows.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol, runtime_checkable

from entrepot.model.catalog import Catalog, Entity, Field, Relation
from entrepot.model.predicates import Predicate
from entrepot.model.problems import Problem
from entrepot.model.selection import Column
from entrepot.model.templates import Chunk


@dataclass(frozen=True, kw_only=True)
class Mark:
    """Names one transaction of one job, so that it can happen once only."""

    job: str
    unit: int = 0
    """Number of the batch."""
    epoch: int = 0
    """Grows with every attempt."""


class Target(Protocol):
    """One open transaction. Nothing of it stays unless `commit` returned."""

    identity: str
    """Names the moment that it sees, in the engine's words."""
    warnings: tuple[Problem, ...]
    null: str
    """How a NULL stands in the rows that it is given, unquoted; no value looks like it."""

    def mark(self, mark: Mark) -> None:
        """First of all changes. Raises ChangedError `already_applied` if that mark was committed before. Makes the
        table of marks if it is missing (MariaDB: before the transaction begins, because DDL commits)."""
        ...

    def is_empty(self, entity: Entity) -> bool: ...

    def keep_keys(
        self, name: str, entity: Entity, fields: Sequence[str], rows: Iterable[bytes], *, numbered: bool = False
    ) -> int:
        """Remember values of `fields` under `name`, in the fields' own types, each once; how many. A key with a NULL
        equals no other, so it is not kept. What was kept under that name before is forgotten. `numbered`: each row
        begins with a number, by which its giver knows it again: what the database takes for equal may be spelled
        otherwise. Of equal keys the one with the lowest number is kept, the others are `doubled`."""
        ...

    def doubled(self, name: str) -> Iterator[Chunk]:
        """Of keys that were kept with numbers: those that equal another one, and the number of the one that is kept."""
        ...

    def matching(
        self,
        name: str,
        entity: Entity,
        fields: Sequence[str],
        columns: Sequence[Column],
        *,
        numbered: bool = False,
        where: Predicate | None = None,
    ) -> Iterator[Chunk]:
        """The rows of `entity` whose `fields` equal a kept key and that satisfy `where`, `columns` of them; locked
        against others where the engine would otherwise let them change before we do (MariaDB). Blanks and case compare
        as the database does, and with keys of another entity as in a reference to it. `numbered`: each row begins with
        the number of its key."""
        ...

    def rows(self, entity: Entity, columns: Sequence[Column], *, where: Predicate | None = None) -> Iterator[Chunk]:
        """All that satisfy `where`; others may change them meanwhile."""
        ...

    def insert(self, entity: Entity, fields: Sequence[str], rows: Iterable[bytes]) -> int:
        """How many, without those that a trigger kept out. A row that the database refuses raises InputError
        `database_refused` with its words. After any error the transaction is good for nothing but to be left."""
        ...

    def loads(self, entity: Entity, fields: Sequence[str]) -> bool:
        """Whether rows of this entity can go in by `load`."""
        ...

    def load(self, entity: Entity, fields: Sequence[str], rows: Iterable[bytes]) -> int:
        """As `insert`, rows of a plain file as they stand: whatever NULL is otherwise, it is bare and empty in them.
        Raises OddError, before it takes any, where it does not load them."""
        ...

    def insert_returning(
        self, entity: Entity, fields: Sequence[str], rows: Iterable[bytes], returning: Sequence[str]
    ) -> Iterator[Chunk]:
        """As `insert`, in the order given; the text forms of `returning` come back, one row for each."""
        ...

    def update(self, entity: Entity, key: Sequence[str], fields: Sequence[str], rows: Iterable[bytes]) -> int:
        """Set `fields` of the rows whose `key` is given (rows hold the key first); how many were found."""
        ...

    def delete(self, entity: Entity, key: Sequence[str], rows: Iterable[bytes]) -> int: ...

    def settle_counters(self, entity: Entity) -> None:
        """The next number that the database gives out is beyond all that are taken."""
        ...

    def new_keys(self, entity: Entity, field: Field, count: int) -> Iterator[Chunk]:
        """Whole numbers for so many new rows, one to a line, which no row has and no other transaction gets."""
        ...

    def let_keys_wait(self) -> None:
        """From now on the foreign keys that can wait (`Writing.waits`) are checked by `commit`, or by the end of
        a trial."""
        ...

    def trial(self) -> AbstractContextManager[None]:
        """If the block raises InputError, what it did is undone, and the transaction goes on from before it; whatever
        else it raises ends the transaction as ever. What is checked late is checked when the block ends. Trials may
        stand in each other."""
        ...

    def commit(self) -> None:
        """Raises UnavailableError `outcome_unknown` if nobody can say whether it happened."""
        ...

    def cancel(self) -> None:
        """From another thread: end what runs; it raises CancelledError."""
        ...


class Waits(StrEnum):
    """Foreign keys that a transaction may check at its end, whatever they do otherwise (`Target.let_keys_wait`)."""

    NOTHING = "nothing"
    LAST = "last"
    """All of them, where nothing else helps: what hangs on them does not happen meanwhile."""
    DEFERRABLE = "deferrable"
    ALL = "all"


@dataclass(frozen=True, kw_only=True)
class Writing:
    """What an engine's way of writing means for others, and how long it takes."""

    created: float
    """What a new row costs, its journal included, in times of what reading and checking its record cost: measured, so
    that an estimate needs no constant of the machine."""
    updated: float
    """The same for a row that changes."""
    waiting: str
    """Who waits for what meanwhile, in words."""
    all_wait: bool = False
    """Whether nobody else can write to anything in the database."""
    takes_files: bool = False
    """Whether it can load the rows of a plain file as they stand."""
    waits: Waits = Waits.NOTHING
    """Which foreign keys can be checked when all is written."""
    compares: bool = False
    """Whether it can keep such rows beside a table, and say what they would change (model/beside.py)."""
    checks_late: bool = False
    """Whether it checks the references of rows when it has all of them, and needs no one else for that."""
    pads: bool = False
    """Whether blanks at the end of a CHAR are no part of its value."""
    mistaken: tuple[str, ...] = ()
    """Texts that its loader takes for NULL in such a file, quoted or not: a file that has one is none to be loaded."""


class Changing(Protocol):
    """The part of an engine that writes."""

    writing: Writing

    def change(
        self, catalog: Catalog, entities: Sequence[Entity], work: Path, *, write: bool
    ) -> AbstractContextManager[Target]:
        """Open a transaction over `entities`. With `write=False` it can look and keep keys, and locks nobody out.
        Raises ChangedError if the schema is no longer `catalog`, AccessError if a right is missing."""
        ...

    def was_applied(self, mark: Mark) -> bool:
        """Whether a transaction with that mark was committed."""
        ...

    def first_mark(self) -> str | None:
        """The job of the oldest mark: whatever address leads to the database, it is the same, and another one in every
        other database that is no copy of this one. None: there is no mark yet."""
        ...

    def marked(self, jobs: Collection[str]) -> frozenset[str]:
        """Those of the jobs of which any transaction was committed."""
        ...


@dataclass(frozen=True, kw_only=True)
class Movable:
    """What would be moved out of the way, and who out of the tables."""

    keys: tuple[Relation, ...] = ()
    locked: tuple[str, ...] = ()
    """The tables that nobody else could use meanwhile, in the order in which they are locked."""


class TargetAlone(Target, Protocol):
    moved: tuple[Relation, ...]
    """The foreign keys that `commit` checks for all rows at once; others are checked row by row."""


@runtime_checkable
class ChangingAlone(Protocol):
    """What an engine may offer besides: to keep everybody else out of tables and their parents, and to check their
    references all at once instead of row by row. That is much faster, and rows can refer to each other in a circle."""

    def movable(self, catalog: Catalog, keys: Sequence[Relation]) -> Movable:
        """Those of the foreign keys that can be moved; none: there is nothing to gain. Raises AccessError
        `not_exclusive` for whoever may not do it."""
        ...

    def change_alone(
        self, catalog: Catalog, entities: Sequence[Entity], work: Path, *, keys: Sequence[Relation]
    ) -> AbstractContextManager[TargetAlone]:
        """As `change`, with those of the keys moved that can be. Raises UnavailableError `locked` if somebody does not
        leave the tables. A reference without its parent is found by `commit`; the definitions of the keys are
        afterwards what they were."""
        ...
