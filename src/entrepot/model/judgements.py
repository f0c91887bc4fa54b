"""What judging a file's values found, as people read it: groups of findings, and samples of what was changed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class GroupedValue:
    """One value with the same finding in all of its records."""

    value: str | None
    records: int
    places: str
    """Record numbers: `12, 40-88`; an ellipsis where there are many more."""
    first: int
    """The first of these records."""
    line: int | None = None
    """Where that one begins in the file."""
    cell: str | None = None
    """Where it is in a workbook: `Sheet1!C7`."""
    file: str | None = None
    """Of several files that are one table: the one that has the first record."""
    record: int | None = None
    """Its number in that file; the others count through all of them."""
    suggestion: str | None = None
    """What was probably meant."""


@dataclass(frozen=True, kw_only=True)
class Group:
    """One thing that is wrong with one field, and with which values."""

    field: str | None
    """None: the record as a whole."""
    column: int | None = None
    """Number of the file's column, where no field is to blame but the file."""
    code: str
    words: str | None = None
    """What a rule of rows says."""
    severity: str
    records: int
    different: int
    """How many different values there are."""
    values: tuple[GroupedValue, ...]
    """The most frequent ones."""
    message: str = ""
    """In words, about the first of the values."""
    remedy: str = ""


@dataclass(frozen=True, kw_only=True)
class Grouped:
    groups: tuple[Group, ...] = ()
    """Errors first, the most frequent first."""
    total: int = 0
    """How many there are in all."""


@dataclass(frozen=True, kw_only=True)
class Sample:
    record: int
    was: str | None
    now: str | None


@dataclass(frozen=True, kw_only=True)
class Change:
    """What a field's values became on their way, and why: a step's name, `default`, or `form` (another spelling)."""

    field: str
    by: str
    records: int
    samples: tuple[Sample, ...]
    """The first ones."""
