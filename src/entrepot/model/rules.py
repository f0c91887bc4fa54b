"""What is done to values on their way in, and what is asked of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(frozen=True, kw_only=True)
class Step:
    """One cleaning step by name, with its arguments: `lowercase`, `date` with `format`."""

    name: str
    arguments: Mapping[str, str] = field(default_factory=dict)
    """By name; one without a name (`""`) is the step's first."""


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One check beyond type and nullability: `pattern`, `min`, `max`, `email`, …"""

    name: str
    argument: str = ""
    warning: bool = False


@dataclass(frozen=True, kw_only=True)
class SaidRule:
    """What every row must satisfy, as people write it: `end_date >= start_date`."""

    condition: str
    warning: bool = False
    message: str = ""
    """What is told instead of the condition."""


class What(StrEnum):
    """The sorts of conditions, and what they use of a `Condition`."""

    EVERY = "every"
    SOME = "some"
    NOT = "not"
    MISSING = "missing"
    """`field`"""
    COMPARED = "compared"
    """`field`, `operator`, and either `other` or the only one of `values`"""
    AMONG = "among"
    """`field`, `values`"""
    LIKE = "like"
    """`field`, the only one of `values`"""
    LENGTH = "length"
    """`field`, `operator`, the only one of `values`"""


@dataclass(frozen=True, kw_only=True)
class Condition:
    """What a row must satisfy, ready to be calculated: fields are numbers, values are text forms of the field's type.
    As in SQL it may be unknown, where a field has no value."""

    what: What
    items: tuple[Condition, ...] = ()
    field: int = 0
    operator: str = ""
    other: int | None = None
    values: tuple[str, ...] = ()

    @property
    def fields(self) -> tuple[int, ...]:
        """Each once, in the order in which they were said."""
        if self.items:
            return tuple(dict.fromkeys(number for item in self.items for number in item.fields))
        return tuple(dict.fromkeys([self.field] + ([] if self.other is None else [self.other])))


@dataclass(frozen=True, kw_only=True)
class RowRule:
    condition: Condition
    words: str
    code: str = "row_rule"
    warning: bool = False
    strict: bool = False
    """Whether what nobody can say for want of a value breaks it."""


@dataclass(frozen=True, kw_only=True)
class RowFinding:
    """What a rule in Python finds."""

    row: int
    """In the batch, from 0."""
    message: str
    field: str | None = None
    """The field that is to blame; None: the record as a whole."""
    code: str = "python_rule"
    warning: bool = False


def joined_steps(said: tuple[Step, ...], standing: tuple[Step, ...]) -> tuple[Step, ...]:
    """Of a request and of the settings. What is said is about the spelling of one file, so it comes first, and takes
    the place of a standing step of the same name.

    >>> date, trim, other = Step(name="date"), Step(name="trim"), Step(name="date", arguments={"": "D/M/YY"})
    >>> [step.arguments for step in joined_steps((other,), (trim, date))]
    [{'': 'D/M/YY'}, {}]
    """
    taken = {step.name for step in said}
    return (*said, *(step for step in standing if step.name not in taken))
