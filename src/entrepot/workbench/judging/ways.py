"""The ways that a value can have become another text, each from one column of `examined` to a later one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from entrepot.model.drafts import TargetField
from entrepot.workbench.judging.layers import before

FORM = "form"
"""The same value in its text form."""
DEFAULT = "default"


@dataclass(frozen=True, kw_only=True)
class Way:
    field: int
    by: str
    """A step's name, or one of the words above."""
    was: str
    now: str

    @property
    def condition(self) -> str:
        """A value that ended as an error changed nothing."""
        changed = f"{self.was} IS DISTINCT FROM {self.now} AND e{self.field} IS NULL"
        return f"(NOT q{self.field} AND {changed})" if self.by == FORM else f"({changed})"


def ways_of(fields: Sequence[TargetField]) -> list[Way]:
    return [way for at, field in enumerate(fields) for way in field_ways(at, field)]


def field_ways(at: int, field: TargetField) -> Iterator[Way]:
    for number, step in enumerate(field.steps, 1):
        yield Way(field=at, by=step.name, was=before(at, number), now=before(at, number + 1))
    if field.default is not None:
        yield Way(field=at, by=DEFAULT, was=before(at, len(field.steps) + 1), now=f"x{at}")
    yield Way(field=at, by=FORM, was=f"x{at}", now=f"f{at}")
