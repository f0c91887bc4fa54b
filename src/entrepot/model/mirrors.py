"""A mirror makes the rows of a scope those of a file: what the file does not name is deleted. No other import deletes.

What goes with these rows, changes because they go, or keeps them from going is its blast radius, told before anything
happens.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from entrepot.model.problems import Problem

MOST = "50%"
"""Where nobody says otherwise: a broken file mostly lacks most."""


@dataclass(frozen=True, kw_only=True)
class Mirror:
    """What people can say about it."""

    where: str = ""
    """A filter: the rows that the file is to be equal to, and that all of its records must be; empty: all rows."""
    most: str = ""
    """How many rows of the scope may go: a count (`100`) or a part of them (`2%`); empty: as the settings say, else
    half."""
    confirmed: int | None = None
    """How many rows somebody knows will be deleted, of all tables; None: nobody said."""


@dataclass(frozen=True, kw_only=True)
class Leaving:
    """What happens to the rows of one entity."""

    entity: str
    """What people call it."""
    deleted: int = 0
    """Of the mirrored one, those that the file does not name; of others, those that the database deletes with them."""
    emptied: int = 0
    """Rows that lose their reference to one that goes, or get another."""
    held: int = 0
    """Rows that refer to one that goes, and cannot without it."""
    keyless: bool = False
    """Rows that would go or change have no key by which they could be put back."""
    strangers: bool = False
    """Rows that are not the tenant's refer to rows that go."""
    unseen: bool = False
    """Rows of a table that the settings hide may go with them."""
    key: tuple[str, ...] = ()
    first: tuple[tuple[str | None, ...], ...] = ()
    """The keys of the first that go; of an entity where none go, of those that change."""
    last: bool = False
    """They go when all else is written: rows that stay refer to them until then."""


@dataclass(frozen=True, kw_only=True)
class Radius:
    scope: int = 0
    """How many rows there are that the file is to be equal to."""
    unnamed: int = 0
    """How many of them it does not name."""
    tables: tuple[Leaving, ...] = ()
    """The mirrored entity first, then those whose rows refer to it; of several mirrored at once, each entity is told
    with the first whose rows it can go with."""
    digest: str = ""
    """Of all rows that go or change."""
    refusals: tuple[Problem, ...] = ()
    """Why it would not be done."""

    @property
    def deleted(self) -> int:
        """The number that must be confirmed."""
        return sum(table.deleted for table in self.tables)

    @property
    def emptied(self) -> int:
        return sum(table.emptied for table in self.tables)

    @property
    def numbers(self) -> Mapping[str, int]:
        """For a comparison with what was planned."""
        return {"deleted": self.deleted, "emptied": self.emptied}


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A table of the workbench."""

    rows: int
    digest: str
    first: tuple[tuple[str | None, ...], ...]


class MirrorBench(Protocol):
    """What a mirror asks of the workbench. Rows are kept as texts in columns c0, c1, …, their keys first."""

    def keep_new(
        self,
        table: str,
        source: str,
        columns: Sequence[str],
        *,
        key: int,
        names: Sequence[str] = (),
        but: Sequence[str] = (),
        anew: bool = False,
        part: int | None = None,
    ) -> int:
        """Rows of another table whose first `key` columns are neither in this one nor in those of `but`; how many.
        `columns` are those of the source, `names` what they are called here, if not c0, c1, …; `part`: whose table
        the source is, if it is not one of this part's."""
        ...

    def kept(self, table: str, columns: int, *, key: int, most: int) -> Kept:
        """How many there are, a digest of all of them, and so many keys."""
        ...
