"""What a job changed, kept so that it can be taken back: the rows as they were, and as they were left."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Part(StrEnum):
    """Rows of a journal that had the same done to them, and the names of its tables."""

    CREATED = "created"
    """As they were left."""
    UPDATED = "updated"
    """Key and changed values, as they were left; `BEFORE` has them as they were."""
    REMOVED = "removed"
    """As they were."""


BEFORE = "before"
"""The section that belongs to `Part.UPDATED`."""


FORM = 1
"""Of what a journal's file holds; grows when an older Entrepot would misunderstand it."""


@dataclass(frozen=True, kw_only=True)
class Section:
    """Rows of one kind: CSV of text forms, compressed, at one place of the journal's file. Of one kind there may be
    several, not always with the same columns."""

    name: str
    columns: tuple[str, ...]
    """The fields, in the order of the values."""
    null: str
    """How a NULL stands in them, unquoted."""
    offset: int
    bytes: int
    key: tuple[str, ...] = ()
    """The fields that find these rows again, where it is not those of their part."""


@dataclass(frozen=True, kw_only=True)
class JournalFacts:
    """What a journal's file holds, as the ledger keeps it."""

    entity: str
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By part: the fields that find its rows again."""
    sections: tuple[Section, ...] = ()
    form: int = FORM
    forgotten: int = 0
    """Rows that were created without a key by which they could be found again."""
