"""What a cleaning step and a rule are. A third party's is the same: an entry point that names such a value."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from entrepot.model.types import Kind, LogicalType
from entrepot.workbench.judging.registry import Argument

Arguments = Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class StepKind:
    """Turns one text into another."""

    name: str
    words: str
    """One sentence for the documentation."""
    sql: Callable[[str, Arguments, LogicalType], str]
    """SQL, from SQL that gives the text (or NULL), the arguments (which become constants by `quoted` only) and the
    field's type. It must not raise, whatever the text."""
    arguments: tuple[Argument, ...] = ()
    fails: str | None = None
    """The code of the finding where a value becomes NULL; without one, NULL is what was wanted."""
    pattern: str | None = None
    """Which argument is a regular expression."""
    replacement: str | None = None
    """Which one is what it puts there."""


@dataclass(frozen=True, kw_only=True)
class RuleKind:
    """Says of a value, in its text form, that it must not be."""

    name: str
    words: str
    sql: Callable[[str, str, LogicalType], str]
    """True where the value breaks the rule; NULL and false where it does not. Argument and type as in `StepKind`."""
    code: str
    argument: Argument | None = None
    kinds: frozenset[Kind] | None = None
    """The kinds of fields that it understands; None: all."""
    pattern: bool = False
    """The argument is a regular expression."""
    value: bool = False
    """The argument is a value of the field's type; `sql` gets its text form."""
