"""What is different since a preview: counts side by side, and the first records of which something else would come."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from entrepot.importing.look import SHOWN
from entrepot.model.brief import brief
from entrepot.model.drafts import Decision, Errors, Mode, Reading
from entrepot.model.matching import Difference
from entrepot.model.plans import ImportPlan, ImportRequest
from entrepot.model.problems import Category, Place, Problem, Severity

MOST = 5


def beside(old: Mapping[str, int], new: Mapping[str, int]) -> str:
    """
    >>> beside({"created": 1}, {"created": 1, "failed": 1}), beside({"updated": 2}, {"updated": 2})
    ('created 1 → 1, failed 0 → 1', 'updated 2 → 2: other rows, or other values')
    """
    names = dict.fromkeys((*map(str, Decision), *old, *new))
    pairs = [(name, old.get(name, 0), new.get(name, 0)) for name in names]
    words = ", ".join(f"{name} {then:,} → {now:,}" for name, then, now in pairs if then or now)
    return words if any(then != now for _, then, now in pairs) else f"{words}: other rows, or other values"


def numbers(plan: ImportPlan) -> Mapping[str, int]:
    """With the rows that a mirror deletes."""
    return {**plan.counts, **plan.radius.numbers} if plan.radius else plan.counts


def drifted(old: ImportPlan, new: ImportPlan) -> tuple[Problem, ...]:
    """The first, as far as they can be known."""
    found = sorted([*_rows(old, new), *_findings(old, new)], key=lambda problem: problem.place.record or 0)
    return tuple(found[:MOST])


def _rows(old: ImportPlan, new: ImportPlan) -> Iterator[Problem]:
    if any(plan.counts.get(Decision.UPDATED) and not plan.differences for plan in (old, new)):
        return
    then, now = ({each.record: each for each in plan.differences} for plan in (old, new))
    known = _known([*then], [*now])
    for record in sorted({*then, *now}):
        if record <= known and (words := _row_words(then.get(record), now.get(record), new)):
            yield _told(record, words)


def _row_words(then: Difference | None, now: Difference | None, plan: ImportPlan) -> str:
    either = then or now
    key = zip(plan.key, either.key if either else (), strict=False)
    row = ", ".join(f"{name} {brief(value or '-')}" for name, value in key)
    if then is None:
        return f"the row with {row} would change, which it would not have then."
    if now is None:
        return f"the row with {row} would have changed then, and would not now."
    values = zip(plan.compared, then.before, now.before, strict=False)
    fields = [f"{name} was {_quoted(old)} and is {_quoted(new)} now" for name, old, new in values if old != new]
    more = f", and {len(fields) - MOST:,} more fields" if len(fields) > MOST else ""
    return f"of the row with {row}, {'; '.join(fields[:MOST])}{more}." if fields else ""


def _quoted(value: str | None) -> str:
    return "NULL" if value is None else f"'{brief(value)}'"


def _findings(old: ImportPlan, new: ImportPlan) -> Iterator[Problem]:
    then, now = (
        {(one.place.record, one.code, one.place.column): one for one in plan.problems if one.place.record}
        for plan in (old, new)
    )
    known = _known(*([one.record for one in plan.findings] for plan in (old, new)))
    for which in sorted({*then} ^ {*now}, key=str):
        record = which[0] or 0
        if record <= known:
            words = now[which].message if which in now else f"no more since the preview: {then[which].message}"
            yield _told(record, words)


def _known(*records: Sequence[int]) -> float:
    """The last record of which both say all: plans have the first so many differences and findings."""
    return min((max(some) for some in records if len(some) >= SHOWN), default=float("inf"))


def _told(record: int, words: str) -> Problem:
    return Problem(
        code="drifted",
        message=words,
        severity=Severity.INFO,
        category=Category.INTEGRITY,
        place=Place(record=record),
    )


def looked_at_again(plan: ImportPlan) -> str:
    """The command that previews anew, as far as a line should hold it."""
    request = plan.request
    where = ["--corrects", request.corrects] if request.corrects else ["--into", request.entity]
    words = ["entrepot", "import", plan.file.name, *where]
    if not request.corrects:
        words += _options(request)
    command = " ".join(map(shlex.quote, words))
    return f"{command}, with the other options of that preview" if _has_more(request) else command


def _options(request: ImportRequest) -> Iterator[str]:
    if request.reading.entity:
        yield from ("--list", request.reading.entity)
    if request.mode is not Mode.CREATE:
        yield from ("--mode", request.mode.value)
    if request.on_conflict:
        yield from ("--on-conflict", request.on_conflict.value)
    if request.key:
        yield from ("--key", ",".join(request.key))
    if request.tenant and not request.tenant_by_key:
        yield from ("--tenant", request.tenant)
    if request.errors is Errors.SKIP:
        yield from ("--errors", request.errors.value)


def _has_more(request: ImportRequest) -> bool:
    """A correction has all else from its import."""
    if request.corrects:
        return False
    said = ImportRequest(
        entity=request.entity,
        reading=Reading(entity=request.reading.entity),
        mode=request.mode,
        on_conflict=request.on_conflict,
        key=request.key,
        tenant=request.tenant,
        errors=request.errors,
    )
    declared = None if request.declared_by else request.declared
    return replace(request, tenant_by_key=False, declared=declared, declared_by="", left_out=()) != said
