"""An import before it runs: how the file is read, what goes where, and what every value must be."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from entrepot.model.problems import Problem
from entrepot.model.rules import Rule, Step
from entrepot.model.types import LogicalType


@dataclass(frozen=True, kw_only=True)
class Reading:
    """How a file is read: what was found, or what somebody said. None in a request: find out."""

    format: str | None = None
    """One of those in docs/reference/formats.md."""
    encoding: str | None = None
    delimiter: str | None = None
    quote: str | None = None
    """Empty: no quoting at all."""
    header: bool | None = None
    """Whether the first record holds names."""
    null: str = ""
    """An unquoted value that means NULL."""
    skip_lines: int | None = None
    """Lines in front of the header that are none of the table."""
    entity: str | None = None
    """Files that hold several tables (lists of a document, sheets, sections, tables of a dump): which one."""
    sections: bool | None = None
    """Whether a CSV file may hold several tables, one below the other, each behind its name; False: it is one table."""


@dataclass(frozen=True, kw_only=True)
class SourceTable:
    """One of the tables of records that a file holds: a sheet, a list, the rows of one table of a dump."""

    name: str | None
    """What `Reading.entity` calls it; None: the file is one table, and has no name for it."""
    columns: tuple[str, ...] = ()
    records: int | None = None
    """None: nobody counted them yet."""
    declared: int | None = None
    """How many there are by what the file says."""
    hidden: bool = False
    """Not to be taken unless somebody names it: a hidden sheet."""
    called: str | None = None
    """What the file calls it, if its name had to be another one because others are called so, too."""


@dataclass(frozen=True, kw_only=True)
class SourceColumn:
    """A column of the file, as it was found."""

    name: str
    filled: int = 0
    """How many records have a value."""
    samples: tuple[str, ...] = ()
    """The first different values, at most three."""


@dataclass(frozen=True, kw_only=True)
class Staged:
    """What the workbench made of a file."""

    reading: Reading
    """Complete: nothing in it is None but what does not apply."""
    columns: tuple[SourceColumn, ...]
    records: int
    """All records of the file, also those that could not be read."""
    rejected: int = 0
    problems: tuple[Problem, ...] = ()
    """About the file as a whole (a guess, a byte order mark); records that are none are findings."""
    examples: tuple[int, ...] = ()
    """Records that say of themselves that they are examples: of a template."""


class Mode(StrEnum):
    CREATE = "create"
    UPDATE = "update"
    UPSERT = "upsert"
    MIRROR = "mirror"
    """As `upsert`; and rows that the file does not name are deleted (`model.mirrors`)."""


class OnConflict(StrEnum):
    """What happens to a record whose row exists (`create`), or that differs from it (`update`, `upsert`)."""

    FAIL = "fail"
    SKIP = "skip"
    OVERWRITE = "overwrite"
    MERGE = "merge"
    VERSION = "version"
    """A record that differs becomes a row of its own, with the next number."""


class Blank(StrEnum):
    """What an empty cell does to a row that exists, when merging."""

    KEEP = "keep"
    CLEAR = "clear"
    FILL = "fill"
    """The file only fills what is empty in the database."""


class Errors(StrEnum):
    """What one bad record does to the others."""

    ALL_OR_NOTHING = "all_or_nothing"
    SKIP = "skip"


class Decision(StrEnum):
    CREATED = "created"
    UPDATED = "updated"
    VERSIONED = "versioned"
    """A new version of a row that exists; counted only where versions are made."""
    UNCHANGED = "unchanged"
    SKIPPED = "skipped"
    FAILED = "failed"


def none_decided() -> dict[str, int]:
    """By decision."""
    return {str(decision): 0 for decision in Decision if decision is not Decision.VERSIONED}


@dataclass(frozen=True, kw_only=True)
class TargetField:
    """Where a field's values come from, and what they must be."""

    name: str
    type: LogicalType
    sources: tuple[int, ...] = ()
    """Numbers of columns of the file; several are joined."""
    pointers: tuple[str, ...] = ()
    """Where in the JSON of each source the value stands; none: every source is taken as it is."""
    separator: str = " "
    constant: str | None = None
    """Instead of sources."""
    default: str | None = None
    """Where the sources have no value."""
    steps: tuple[Step, ...] = ()
    rules: tuple[Rule, ...] = ()
    required: bool = False
    """A NULL is an error; and so is a new row without it, unless the database has a value of its own."""
    given_by_database: bool = False
    """A new row that leaves it out gets a value from the database: a default, a number."""
    blank_is_null: bool = True
    """An empty text is no value."""
    found: int | None = None
    """The column, behind those of the file, that has the ids of the parents that its sources name."""
    padded: bool = False
    """Blanks at its end are no part of a value."""
    has_strings: bool = False
    """The workbench found strings of JSON in its source that are values of JSON as they stand."""
    own_id: bool = False
    """What was found goes by ids of the files' own: people are told of these."""
    blank_is_left: bool = False
    """A cell without a value, which cannot be NULL, leaves it to the database."""
    stamp: str | None = None
    """What every record must have here, and has where it says nothing: the tenant."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that is wrong with one record; its words are made from the code when it is shown."""

    record: int
    field: str | None
    code: str
    value: str | None = None
    severity: str = "error"
    column: int | None = None
    """Number of the file's column, where no field is to blame but the file."""
    words: str | None = None
    """What a rule of rows says; `field` is then the first that it is about, and `value` has all of them."""


@dataclass(frozen=True, kw_only=True)
class FieldCount:
    """How many records have one finding."""

    field: str | None
    code: str
    records: int
    words: str | None = None
    """What a rule of rows says."""


@dataclass(frozen=True, kw_only=True)
class Judged:
    """What is wrong with the values, before anybody asked the database."""

    errors: tuple[FieldCount, ...] = ()
    warnings: tuple[FieldCount, ...] = ()
    changes: tuple[FieldCount, ...] = ()
    """Values that were cleaned on the way; the code is what was done."""
    failed: int = 0
    """Records with at least one error."""
