"""Rows that are kept beside a table: what an engine may offer so that nobody has to fetch a table's rows to compare
them. The database says by itself what they would do, and does it, without being sent them again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from entrepot.model.catalog import Entity
from entrepot.model.matching import Difference
from entrepot.model.templates import Chunk


@dataclass(frozen=True, kw_only=True)
class Met:
    """What rows would do to a table. Those that are neither would be new."""

    updated: int
    unchanged: int
    digest: str
    """Of every row that is there already, and of what those were that change."""


class Beside(Protocol):
    """The rows of one file; they leave with the transaction. Rows have a number, by their order, counted from 1."""

    def keep(self, rows: Iterable[bytes]) -> int:
        """How many. Blocks may end anywhere."""
        ...

    def is_single(self) -> bool:
        """Whether no two of them have the same key. Asked once, before all that follows."""
        ...

    def met(self) -> Met: ...

    def differences(self, most: int) -> Sequence[Difference]:
        """The first of those that change."""
        ...

    def before(self, *, all_differ: bool = False) -> Iterator[Chunk]:
        """The rows of the table that change, as they are, with the fields of those that are kept. `all_differ`: that
        was found of all that are met, so nobody compares them again."""
        ...

    def changed(self, *, all_differ: bool = False) -> Iterator[Chunk]:
        """And as they will be."""
        ...

    def new(self) -> Iterator[Chunk]: ...

    def update(self, *, all_differ: bool = False) -> int:
        """How many rows changed; none that was equal before."""
        ...

    def insert(self) -> int: ...


@runtime_checkable
class KeepsBeside(Protocol):
    """A target that can."""

    def beside(self, entity: Entity, key: Sequence[str], fields: Sequence[str]) -> Beside | None:
        """A place for rows of `fields`, found by `key`, which no two rows of the table have. None: it cannot say of
        each of them when its values are the same."""
        ...
