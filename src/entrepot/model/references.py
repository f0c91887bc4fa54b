"""Parents that a file names by something else than the id that refers to them: by an e-mail address, a name."""

from __future__ import annotations

import re
from dataclasses import dataclass

from entrepot.model.drafts import TargetField
from entrepot.model.finding import Missing
from entrepot.model.types import LogicalType

NOT_FOUND, AMBIGUOUS, DISAGREE, NOT_YET = "parent_not_found", "ambiguous_parent", "parents_disagree", "parent_not_yet"
"""Codes of findings; the last one: it is another record of the file, which has no id of its own."""
BY = re.compile(r"(?P<field>.+?) by (?P<by>.+?)(?P<ignore> ignore case)?")


@dataclass(frozen=True, kw_only=True)
class Beside:
    """A table of the same import that was judged already; what its records say of themselves, by numbers of its
    fields."""

    part: int
    fields: tuple[int, ...]
    id: int
    said: tuple[int, ...] = ()
    """The columns of its file, where these hold what is looked for as it stands: in tables that are made of it."""
    own_ids: int = 0
    """The number of that table's own ids, if it has any."""


@dataclass(frozen=True, kw_only=True)
class Lookup:
    """One reference whose parents are looked up by other fields of theirs. Its tables in the workbench are numbered by
    `column`."""

    column: int
    """Behind those of the file: gets the ids."""
    sought: tuple[TargetField, ...]
    """What the file has of the parents, as they have it."""
    given: TargetField | None = None
    """Where the file has ids as well, which must agree."""
    own: tuple[TargetField, ...] = ()
    """Where parents may be records of the same file: the same of them."""
    own_id: TargetField | None = None
    """And their ids; None: the file has none."""
    beside: Beside | None = None
    """Where parents may be records of another table of the same import."""
    id_type: LogicalType
    ignore_case: bool = False
    missing: Missing = Missing.ERROR
    words: str
    """`customers with the email`."""


@dataclass(frozen=True, kw_only=True)
class FoundParent:
    """One value of the file and the parent that it names."""

    value: str
    id: str
    label: str | None = None
    """By what else people know that parent."""
    own: bool = False
    """Whether it is another record of the file."""


@dataclass(frozen=True, kw_only=True)
class FoundParents:
    """Of one lookup: each value is counted once, whatever number of records has it."""

    values: int = 0
    found: int = 0
    own: int = 0
    """So many of them among the records of the file."""
    new: int = 0
    """So many ids of the files' own of which no row is there yet."""
    missing: int = 0
    ambiguous: int = 0
    """They name several parents."""
    disagreeing: int = 0
    """Records whose columns name different parents."""
    unresolved: int = 0
    """Records whose parent is missing."""
    samples: tuple[FoundParent, ...] = ()
    digest: str = ""
    """Of which parent every value has."""


@dataclass(frozen=True, kw_only=True)
class Reference:
    """How the parents of one field were looked up, and what came of it."""

    field: str
    parent: str
    """What people call it."""
    by: tuple[str, ...]
    columns: tuple[str, ...]
    ignore_case: bool = False
    missing: Missing = Missing.ERROR
    """What becomes of records whose parent is missing."""
    parents: FoundParents


def said_by(field: str, by: str, *, ignore_case: bool = False) -> str:
    """
    >>> said_by("customer_id", "email"), said_by("customer_id", "")
    ('customer_id by email', 'customer_id')
    """
    return f"{field} by {by}{' ignore case' if ignore_case else ''}" if by else field


def read_by(text: str) -> tuple[str, str, bool]:
    """Field, parent's field, and whether case means nothing.

    >>> read_by("customer_id by email ignore case"), read_by("customer_id")
    (('customer_id', 'email', True), ('customer_id', '', False))
    """
    said = BY.fullmatch(text.strip())
    return (said["field"], said["by"], said["ignore"] is not None) if said else (text, "", False)
