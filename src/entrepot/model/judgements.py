"""What judging a file's values found, as people read it: groups of findings, and samples of what was changed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Group:
    """The same value with the same finding in several records."""

    field: str
    code: str
    severity: str
    value: str | None
    records: int
    places: str
    """Record numbers: `12, 40-88`; an ellipsis where there are many more."""
    suggestion: str | None = None
    """What was probably meant."""


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
