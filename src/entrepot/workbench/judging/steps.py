"""All cleaning steps of this installation, and a field's own, ready for SQL."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.metadata import entry_points

from entrepot.model.drafts import TargetField
from entrepot.workbench.judging.kinds import StepKind
from entrepot.workbench.judging.registry import Registry, arguments_of, registry
from entrepot.workbench.judging.step_moments import MOMENT_STEPS
from entrepot.workbench.judging.step_numbers import NUMBER_STEPS
from entrepot.workbench.judging.step_texts import TEXT_STEPS

GROUP = "entrepot.steps"


@dataclass(frozen=True, kw_only=True)
class Applied:
    """One step of one field."""

    name: str
    sql: Callable[[str], str]
    fails: str | None
    pattern: str | None = None
    replacement: str | None = None


@cache
def steps() -> Registry[StepKind]:
    built_in = (*TEXT_STEPS, *NUMBER_STEPS, *MOMENT_STEPS)
    return registry("step", StepKind, built_in, tuple(entry_points(group=GROUP)))


def applied(field: TargetField) -> tuple[Applied, ...]:
    """InputError if a step or an argument of it does not exist or is wrong."""
    made = []
    for step in field.steps:
        kind = steps().find(step.name, f"the steps of '{field.name}'")
        given = arguments_of(f"the step '{step.name}' of '{field.name}'", kind.arguments, step.arguments)
        made.append(
            Applied(
                name=kind.name,
                sql=lambda x, kind=kind, given=given: kind.sql(x, given, field.type),
                fails=kind.fails,
                pattern=given[kind.pattern] if kind.pattern else None,
                replacement=given[kind.replacement] if kind.replacement else None,
            )
        )
    return tuple(made)
