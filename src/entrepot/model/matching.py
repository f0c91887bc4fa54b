"""What decides about a record besides its own values, and what is decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from entrepot.model.baselines import Comparing
from entrepot.model.drafts import Blank, FieldCount, Mode, OnConflict
from entrepot.model.mirrors import Radius
from entrepot.model.versions import VersionCounts, Versioning


@dataclass(frozen=True, kw_only=True)
class Elsewhere:
    """Another table of the same import, whose records may be the parents."""

    part: int
    number: int
    """Of what that part brings for others."""
    words: str
    """What people call its file."""
    asked: bool = False
    """Whether the database says what is equal, because texts may not."""
    alone: bool = False
    """Whether one row at most holds what is referred to, so that none has it when that row gives it up."""
    own_ids: int = 0
    """The number of that table's own ids, if they are what is referred to."""


@dataclass(frozen=True, kw_only=True)
class Referring:
    """Fields whose values must be those of a parent."""

    fields: tuple[int, ...]
    own: tuple[int, ...] = ()
    """Where the parents are rows of the same entity: the fields that hold what is referred to, because the parent may
    be another record of the file."""
    waits: bool = True
    """Whether the parent must be there first."""
    alone: bool = False
    """As `Elsewhere.alone`, of `own`; where the database may take other texts for the same, nobody knows."""
    elsewhere: Elsewhere | None = None


@dataclass(frozen=True, kw_only=True)
class Partly:
    """Of a reference to rows of the same entity, the fields that the file fills, and those that they refer to: whether
    a row refers to another one only the database knows, but it would have to come first."""

    fields: tuple[int, ...]
    own: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class Unique:
    """Fields of which no two rows may hold the same values, besides those by which rows are found."""

    fields: tuple[int, ...]
    titles: tuple[str, ...]
    """What people call them."""
    holder: tuple[str, ...] = ()
    """What people call the fields by which they are told of a row."""
    deferrable: bool = False
    """Whether the database looks at it only when a whole statement is done."""


@dataclass(frozen=True, kw_only=True)
class Referred:
    """Fields to which rows refer, and whose change the database does not hand on to them."""

    fields: tuple[int, ...]
    by: str
    """What people call the fields that refer to them."""
    own: tuple[int, ...] | None = None
    """Where these rows are of the same entity: what of these fields the file has, because it may change them, too."""


@dataclass(frozen=True, kw_only=True)
class Span:
    """Some records, from one to another."""

    first: int
    last: int


@dataclass(frozen=True, kw_only=True)
class Ruling:
    """What somebody decided about some records, from one to another."""

    first: int
    last: int
    does: OnConflict
    """`skip` leaves them out whatever is wrong with them; the others say what happens where their row exists."""


@dataclass(frozen=True, kw_only=True)
class Matching:
    """What decides about a record besides its own values. Fields are numbered as the target fields are."""

    key: tuple[int, ...] = ()
    """The fields that identify a row; empty: every record is new."""
    mode: Mode = Mode.CREATE
    on_conflict: OnConflict = OnConflict.FAIL
    blank: Blank = Blank.KEEP
    must_have_key: bool = False
    """Nobody chose this key, and it may be missing: a record without it would become a new row each time."""
    unfilled: tuple[str, ...] = ()
    """What people call the fields that a new row needs and that nothing fills: only rows that exist can be changed."""
    compared: tuple[int, ...] = ()
    """The fields that are written to a row that exists."""
    references: tuple[Referring, ...] = ()
    """The parents that were found are known to the workbench as `parents_0`, `parents_1`, …"""
    partly: tuple[Partly, ...] = ()
    leading: tuple[int, ...] = ()
    """One tenant's import: the fields without which a row would be nobody's."""
    unique: tuple[tuple[int, ...], ...] = ()
    """One tenant's import: the keys that others may have, found as `taken_0`, `taken_1`, …"""
    others: tuple[Unique, ...] = ()
    """`unique_0`, `unique_1`, … have the rows that hold a value which a record would give, `unique_doubled_0`, … the
    records whose values equal another one's."""
    referred: tuple[Referred, ...] = ()
    """`referred_0`, … have the records whose rows would lose a value that is referred to (and the keys of the rows that
    refer to it, if they are of the same entity), `instead_0`, … those whose new value is taken for the same."""
    rulings: tuple[Ruling, ...] = ()
    """The workbench was told of them before it judged."""
    refused: bool = False
    """The table `refused(record, words)` has the records that the database did not take."""
    unasked: bool = False
    """The table `unasked(record)` has the records that were made for others of which none comes in."""
    leaves_out: bool = False
    """The table `left_out` has records that were brought in before."""
    patched: bool = False
    """Only records of the table `patched` are decided about, and leave; the others are still doubles and parents."""
    versions: Versioning | None = None
    """Rows are versions, of which a record meets the newest: the table `histories` has all of them."""
    batch_size: int | None = None
    """So many records are brought in at a time, and none can have what a later one gives up."""
    scope: Span | None = None
    """Only these records are decided about, and leave; the others are still doubles and parents."""
    baseline: Comparing | None = None
    """Of a workbook that was compared with what it was made of."""


@dataclass(frozen=True, kw_only=True)
class Turns:
    """In how many steps rows change."""

    early: int = 1
    late: int = 0
    """After new ones were made, because they wait for one of them."""


@dataclass(frozen=True, kw_only=True)
class Decided:
    """What would become of all records, and a digest of every single decision and of the rows that it is about."""

    counts: Mapping[str, int]
    """By `Decision`; together they are all records."""
    unkeyed: int = 0
    """So many new rows have no value for some field of the key."""
    digest: str
    findings: tuple[FieldCount, ...] = ()
    """What only matching can find, and how often."""
    defaulted: tuple[tuple[int, ...], ...] = ()
    """Where records lack fields for which the database has values of its own: the different sets of fields that new
    rows leave to it. Empty: all rows are given all fields."""
    turns: Turns = field(default_factory=Turns)
    radius: Radius | None = None
    """What a mirror deletes; None: it is none."""
    versions: VersionCounts | None = None


@dataclass(frozen=True, kw_only=True)
class Difference:
    """A record whose row exists and differs: what is there, and what would be."""

    record: int
    key: tuple[str | None, ...]
    before: tuple[str | None, ...]
    after: tuple[str | None, ...]


class What(StrEnum):
    """Rows that leave the workbench."""

    KEYS = "keys"
    """The keys of the file, each with its record, to find the rows that have them."""
    REFERENCE = "reference"
    """The different values of one reference, each with its first record, to find the parents that have them."""
    UNIQUE = "unique"
    """The values of one of `Matching.others` that rows would get, each with its record."""
    REFERRED = "referred"
    """The values of one of `Matching.referred` that rows would lose, each with its record."""
    INSTEAD = "instead"
    """What they would have instead."""
    CREATED = "created"
    """All fields of the records that become rows; by number, counted from 1, those of one set of `Decided.defaulted`,
    without its fields."""
    UPDATED = "updated"
    """Key and new values of the rows that change; by number, counted from 1, those of one turn."""
    BEFORE = "before"
    """Key and old values of the rows that change."""
