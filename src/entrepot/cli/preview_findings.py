"""What is wrong with a file's records, equal things together, and which rows would change how."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from entrepot.cli.paper import Paper
from entrepot.cli.text import contrasted, cut, pad, quoted, visible, width
from entrepot.model.drafts import Decision
from entrepot.model.how_many import how_many
from entrepot.model.judgements import Group, GroupedValue
from entrepot.model.matching import Difference
from entrepot.model.plans import ImportPlan
from entrepot.model.problems import Problem
from entrepot.model.shares import standing

SHOWN_GROUPS = 5
SHOWN_VALUES = 3
SHOWN_ROWS = 3
SHOWN_NOTES = 5
SHOWN_FIELDS = 12
MARKS = {"error": ("✗", "red"), "warning": ("!", "yellow"), "info": ("·", "dim")}
ELSEWHERE = frozenset({"column_ignored", "triggers_fire"})
"""Told by other parts of the screen."""


def problems(plan: ImportPlan, paper: Paper, *, whole: bool = False) -> Iterator[str]:
    """The first of them, or all that the plan keeps."""
    about_file = [problem for problem in plan.problems if concerns_file(problem)]
    if not plan.groups.groups and not about_file:
        return
    yield from paper.heading("Problems", summary(plan))
    for problem in about_file if whole else about_file[:SHOWN_NOTES]:
        yield from marked(problem.severity, f"{problem.message} {problem.remedy}".rstrip(), paper)
    shown = plan.groups.groups if whole else plan.groups.groups[:SHOWN_GROUPS]
    for group in shown:
        yield from group_lines(group, paper, len(group.values) if whole else SHOWN_VALUES)
    if more := plan.groups.total - len(shown):
        yield from paper.text(f"… and {kinds(more)}{seen_by(plan, len(shown))}", style="dim")


def kinds(more: int) -> str:
    return "one more kind of problem" if more == 1 else f"{more:,} more kinds of problems"


def seen_by(plan: ImportPlan, shown: int) -> str:
    """What shows the others: the plan, as far as it keeps them, and the file of the records that fail."""
    if plan.plan_id and len(plan.groups.groups) > shown:
        return f": entrepot plan show {plan.plan_id} --all"
    return "; --errors-file FILE has every record that fails" if plan.failed_rows else ""


def concerns_file(problem: Problem) -> bool:
    return problem.place.record is None and problem.code not in ELSEWHERE


def summary(plan: ImportPlan) -> str:
    found = [f"{plan.failed:,} of {how_many(plan.staged.records, 'record')} cannot be imported"] if plan.failed else []
    found += [f"{plan.warnings:,} {'warning' if plan.warnings == 1 else 'warnings'}"] if plan.warnings else []
    return ", ".join(found)


def marked(severity: str, words: str, paper: Paper, style: str = "") -> Iterator[str]:
    sign, colour = MARKS.get(severity, MARKS["error"])
    lines = list(paper.text(words, indent=4, style=style))
    yield f"  {paper.styled(sign, colour)} {lines[0][4:]}"
    yield from lines[1:]


def group_lines(group: Group, paper: Paper, values: int) -> Iterator[str]:
    """What it is, about the most frequent value; where that stands; the other values; what to do."""
    first, *others = group.values
    yield from marked(group.severity, group.message, paper)
    yield from paper.text(where(first), indent=6, hang=2, style="dim")
    if first.suggestion:
        yield from paper.text(meant(first), indent=6, style="green")
    for value in others[: values - 1]:
        words = f"also {quoted(value.value)}: {where(value)}"
        yield from paper.text(f"{words}; {meant(value)}" if value.suggestion else words, indent=6, hang=2, style="dim")
    told = group.values[:values]
    if more := group.different - len(told):
        records = group.records - sum(value.records for value in told)
        things = f"{more:,} more values" if more > 1 else "one more value"
        yield from paper.text(f"… and {things}, in {counted(records)}", indent=6, style="dim")
    if group.remedy:
        yield from paper.text(group.remedy, indent=6, style="cyan" if paper.colours else "")


def where(value: GroupedValue) -> str:
    """
    >>> where(GroupedValue(value="Germny", records=50, places="12, 40-88", first=12, line=13))
    'records 12, 40-88 (50 in all, first on line 13)'
    >>> where(GroupedValue(value="Germny", records=1, places="12", first=12, line=13, cell="Sheet1!C13"))
    'record 12 (Sheet1!C13)'
    >>> where(GroupedValue(value="x", records=2, places="12, 15", first=12, line=3, file="may.csv", record=2))
    'may.csv, record 2 (2 in all, first on line 3)'
    """
    details = [f"{value.records:,} in all"] if value.records > 1 else []
    if value.cell:
        details.append(f"{'first in ' if details else ''}{visible(value.cell)}")
    elif value.line:
        details.append(f"{'first on ' if details else ''}line {value.line}")
    words = f"{'records' if value.records > 1 else 'record'} {value.places}"
    if value.file:
        words = f"{visible(value.file)}, record {value.record:,}"
    return f"{words} ({', '.join(details)})" if details else words


def meant(value: GroupedValue) -> str:
    return f"did you mean {quoted(value.suggestion)}?"


def counted(records: int) -> str:
    return "one record" if records == 1 else f"{records:,} records"


def differences(plan: ImportPlan, paper: Paper, *, whole: bool = False) -> Iterator[str]:
    if not plan.differences:
        return
    all_rows = plan.counts.get(Decision.UPDATED, 0) + plan.counts.get(Decision.VERSIONED, 0)
    shown = plan.differences if whole else plan.differences[:SHOWN_ROWS]
    yield from paper.heading("Rows that change", f"{len(shown):,} of {all_rows:,}" if all_rows > len(shown) else "")
    for difference in shown:
        yield from row_lines(plan, difference, paper)


def row_lines(plan: ImportPlan, difference: Difference, paper: Paper) -> Iterator[str]:
    title, record = standing(difference.record, [(share.title, share.records) for share in plan.shares])
    where = f"{visible(title)}, record {record:,}" if title else f"record {record:,}"
    return difference_lines(plan.key, plan.compared, difference, paper, where)


def difference_lines(
    keys: Sequence[str], names: Sequence[str], difference: Difference, paper: Paper, note: str = ""
) -> Iterator[str]:
    """The fields that differ, before and after."""
    key = ", ".join(f"{name} {visible(value or '-')}" for name, value in zip(keys, difference.key, strict=True))
    yield f"  {cut(key, paper.columns - 20)}  {paper.styled(note, 'dim')}".rstrip()
    changed = list(changed_fields(names, difference))
    room = min(max((width(name) for name, _, _ in changed), default=0), paper.columns // 3)
    each = (paper.columns - 6 - room - 2 - 3) // 2
    for name, before, after in changed[:SHOWN_FIELDS]:
        old, new = contrasted(quoted(before), quoted(after), each)
        yield f"      {pad(cut(name, room), room)}  {paper.styled(old, 'red')} → {paper.styled(new, 'green')}"
    if more := changed[SHOWN_FIELDS:]:
        yield from paper.text(f"… and {len(more):,} more fields", indent=6, style="dim")


def changed_fields(names: Sequence[str], difference: Difference) -> Iterator[tuple[str, str | None, str | None]]:
    for name, before, after in zip(names, difference.before, difference.after, strict=True):
        if before != after:
            yield visible(name), before, after
