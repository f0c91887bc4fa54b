"""All findings of an import, equal ones together and in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from entrepot.importing.finding_places import cell_of, places_of
from entrepot.importing.meant import with_suggestions
from entrepot.importing.request import Prepared, Work
from entrepot.importing.words import problem_of
from entrepot.model.drafts import Finding
from entrepot.model.judgements import Group, Grouped, GroupedValue
from entrepot.model.problems import Cell, Place

GROUPS = 50
VALUES = 10
"""Of each group. There are more of both at times; all are counted."""


def grouped(work: Work) -> Grouped:
    prepared = work.prepared
    found = work.bench.grouped(prepared.fields, prepared.matching, offset=0, most=GROUPS, values=VALUES)
    cells = [cell_of(example(group, value), prepared) for group in found.groups for value in group.values]
    places = places_of(prepared, work.bench, cells)
    groups = with_suggestions(found.groups, work)
    return replace(found, groups=tuple(worded(group, prepared, places) for group in groups))


def worded(group: Group, prepared: Prepared, places: Mapping[Cell, Place]) -> Group:
    """In the words of its first value, which is the most frequent one."""
    at = [places.get(cell_of(example(group, value), prepared), Place()) for value in group.values]
    values = tuple(
        replace(value, line=place.line, cell=place.cell, **_in_file(place, prepared))
        for value, place in zip(group.values, at, strict=True)
    )
    problem = problem_of(example(group, values[0]), prepared, places)
    return replace(group, values=values, message=problem.message, remedy=problem.remedy)


def _in_file(place: Place, prepared: Prepared) -> dict[str, Any]:
    return {"file": place.file, "record": place.record} if prepared.shares else {}


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
