"""All findings of an import, equal ones together and in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from entrepot.importing.corrections import places_of
from entrepot.importing.meant import with_suggestions
from entrepot.importing.request import Prepared, Work
from entrepot.importing.words import problem_of
from entrepot.model.drafts import Finding
from entrepot.model.judgements import Group, Grouped, GroupedValue
from entrepot.model.problems import Place

GROUPS = 50
VALUES = 10
"""Of each group. There are more of both at times; all are counted."""


def grouped(work: Work) -> Grouped:
    prepared = work.prepared
    found = work.bench.grouped(prepared.fields, prepared.matching, offset=0, most=GROUPS, values=VALUES)
    records = sorted({value.first for group in found.groups for value in group.values})
    lines = places_of(prepared, work.bench, records)
    groups = with_suggestions(found.groups, work)
    return replace(found, groups=tuple(worded(group, prepared, lines) for group in groups))


def worded(group: Group, prepared: Prepared, lines: Mapping[int, Place]) -> Group:
    """In the words of its first value, which is the most frequent one."""
    values = tuple(replace(value, line=lines.get(value.first, Place()).line) for value in group.values)
    problem = problem_of(example(group, values[0]), prepared, {})
    return replace(group, values=values, message=problem.message, remedy=problem.remedy)


def example(group: Group, value: GroupedValue) -> Finding:
    return Finding(
        record=value.first,
        field=group.field,
        code=group.code,
        words=group.words,
        value=value.value,
        severity=group.severity,
        column=group.column,
    )
