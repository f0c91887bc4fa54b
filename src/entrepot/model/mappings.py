"""Which column of a file goes into which field, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from entrepot.model.rules import Rule, Step


class How(StrEnum):
    SAID = "said"
    EXACT = "exact"
    ALIAS = "alias"
    """Another name of the field, or the same but for case and separators."""
    REMEMBERED = "remembered"
    SIMILAR = "similar"


@dataclass(frozen=True, kw_only=True)
class Mapped:
    """One field and where its values come from."""

    field: str
    columns: tuple[str, ...] = ()
    how: How
    confidence: int = 100
    """Per cent."""
    constant: str | None = None


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """A column that goes nowhere, and the field that its name resembles."""

    column: str
    field: str
    confidence: int


@dataclass(frozen=True, kw_only=True)
class FieldMapping:
    """What can be said about one field of a request; saved under a name, it can be used again."""

    columns: tuple[str, ...] = ()
    constant: str | None = None
    default: str | None = None
    separator: str = " "
    steps: tuple[Step, ...] = ()
    rules: tuple[Rule, ...] = ()


@dataclass(frozen=True, kw_only=True)
class MappingRequest:
    fields: Mapping[str, FieldMapping] = field(default_factory=dict)
    """By field."""
    ignored: tuple[str, ...] = ()
    """Columns that go nowhere on purpose."""
    remembered: Mapping[str, str] = field(default_factory=dict)
    """Column → field, of an import that was done."""
    guess: bool = True
    """Whether similar names are enough."""


@dataclass(frozen=True, kw_only=True)
class ColumnMapping:
    """The whole of it, for one file and one entity."""

    mapped: tuple[Mapped, ...]
    unmapped: tuple[str, ...] = ()
    """Columns that go nowhere."""
    suggestions: tuple[Suggestion, ...] = ()
    unfilled: tuple[str, ...] = ()
    """Fields that a new row needs and that nothing fills."""
