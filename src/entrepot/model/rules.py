"""What is done to values on their way in, and what is asked of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


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


def joined_steps(said: tuple[Step, ...], standing: tuple[Step, ...]) -> tuple[Step, ...]:
    """Of a request and of the settings. What is said is about the spelling of one file, so it comes first, and takes
    the place of a standing step of the same name.

    >>> date, trim, other = Step(name="date"), Step(name="trim"), Step(name="date", arguments={"": "D/M/YY"})
    >>> [step.arguments for step in joined_steps((other,), (trim, date))]
    [{'': 'D/M/YY'}, {}]
    """
    taken = {step.name for step in said}
    return (*said, *(step for step in standing if step.name not in taken))
