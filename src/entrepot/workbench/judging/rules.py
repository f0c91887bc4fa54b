"""All rules of this installation, and a field's own, ready for SQL."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import entry_points

from entrepot.model.drafts import TargetField
from entrepot.model.errors import InputError
from entrepot.model.literal_error import LiteralError
from entrepot.model.literals import read_literal
from entrepot.model.rules import Rule
from entrepot.workbench.judging.kinds import RuleKind
from entrepot.workbench.judging.registry import Registry, registry, value_of
from entrepot.workbench.judging.rule_kinds import RULES
from entrepot.workbench.source import literal

GROUP = "entrepot.rules"


@dataclass(frozen=True, kw_only=True)
class Failure:
    """One rule of one field."""

    bad: str
    """SQL: true where a value breaks it."""
    code: str
    """As a constant."""
    warning: bool
    pattern: str | None


@cache
def rules() -> Registry[RuleKind]:
    return registry("rule", RuleKind, RULES, tuple(entry_points(group=GROUP)))


def failures(field: TargetField, value: str) -> Sequence[Failure]:
    """For the SQL expression of a field's value; InputError if a rule does not exist or cannot apply."""
    return [failure(field, rule, value) for rule in field.rules]


def failure(field: TargetField, rule: Rule, value: str) -> Failure:
    kind = rules().find(rule.name, f"the rules of '{field.name}'")
    if kind.kinds is not None and field.type.kind not in kind.kinds:
        raise InputError(
            "rule_does_not_apply",
            f"The rule '{kind.name}' says nothing about '{field.name}', which is {field.type.describe()}.",
            remedy=f"It understands {', '.join(sorted(kind.kinds))}.",
        )
    argument = argument_of(field, rule, kind)
    return Failure(
        bad=f"({kind.sql(value, argument, field.type)})",
        code=literal(kind.code),
        warning=rule.warning,
        pattern=argument if kind.pattern else None,
    )


def argument_of(field: TargetField, rule: Rule, kind: RuleKind) -> str:
    place = f"the rule '{kind.name}' of '{field.name}'"
    if kind.argument is None:
        if rule.argument:
            raise InputError("bad_argument", f"{rule.argument[:80]!r} is too much: {place} takes no argument.")
        return ""
    given = {kind.argument.name: rule.argument} if rule.argument else {}
    text = value_of(place, kind.argument, given)
    try:
        return read_literal(text, field.type).text if kind.value and text else text
    except LiteralError as error:
        raise InputError(
            "bad_argument", f"{text[:80]!r} is no value for {place}: {error}.", remedy=kind.argument.words
        ) from error
