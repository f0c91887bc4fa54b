"""A file that may go into the database as it stands, stretch by stretch, each after all of its values were checked."""

from __future__ import annotations

from dataclasses import dataclass

from entrepot.model.drafts import Reading, SourceColumn
from entrepot.model.problems import Problem
from entrepot.model.rules import RowRule


@dataclass(frozen=True, kw_only=True)
class Sketch:
    """What the beginning of a file tells, and nothing about its records."""

    reading: Reading
    columns: tuple[str, ...]
    start: int
    """Byte of the first record."""
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is checked, and what is kept of it."""

    kept: tuple[int, ...]
    """Numbers of the fields whose values matching needs."""
    full: tuple[int, ...] = ()
    """Fields whose texts must have all the characters that their type allows: the database would pad others."""
    rules: tuple[RowRule, ...] = ()
    mistaken: tuple[str, ...] = ()
    """Texts that the database would take for no value."""
    mend: bool = False
    """Whether good values that are written otherwise than the database would may be written anew."""


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """Records, one after the other, each of which the database will read as it was read here."""

    end: int
    """Byte behind the last of them."""
    records: int
    """In all, from the first of the file."""
    last: bool
    mended: str | None = None
    """The file in the work folder that has them in canonical forms; None: they are as they stand."""


@dataclass(frozen=True, kw_only=True)
class Vouched:
    """All stretches together."""

    records: int
    columns: tuple[SourceColumn, ...]


class OddError(Exception):
    """Something does not go in as it stands. Never leaves the import: it goes the long way then."""
