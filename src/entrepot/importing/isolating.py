"""Records that the database refuses although nothing seemed wrong with them: one by one, where records may be skipped.

Everything is tried at once. If that is refused, halves are tried, and halves of the half that is refused, until single
records are left; all of it is undone, and done again without them. So a clean import pays nothing for it, and what is
kept of the changes is made once.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial

from entrepot.importing.changes import parts_of
from entrepot.importing.halving import CODE, bare, halved, only_tried, words_of
from entrepot.importing.journal import JournalWriter
from entrepot.importing.look import planned
from entrepot.importing.request import Work
from entrepot.importing.tenancy import discreet
from entrepot.importing.thresholds import refuse_too_many
from entrepot.importing.versions.writing import add_versions
from entrepot.importing.writing import at_once, change, updating
from entrepot.model.changes import Target
from entrepot.model.drafts import Decision, Errors
from entrepot.model.errors import InputError
from entrepot.model.matching import Decided, Matching, Span, What
from entrepot.model.plans import ImportPlan

REFUSED = "refused"


@dataclass(frozen=True, kw_only=True)
class Changed:
    """What was changed, as it was decided in the end."""

    work: Work
    decided: Decided
    plan: ImportPlan
    journal: JournalWriter


@dataclass(frozen=True, kw_only=True)
class Step:
    """What is written by one statement, or several alike."""

    what: What | None
    """None: new versions."""
    number: int = 0
    """Of a turn, as `What.UPDATED` counts them."""


def changed(
    work: Work, decided: Decided, plan: ImportPlan, target: Target, journal: JournalWriter | None = None
) -> Changed:
    """`journal`: somebody else began it, deletes rows besides, and looks in the end at what became of those that
    changed."""
    if plan.request.errors is not Errors.SKIP:
        own = journal or journal_of(work, 0)
        change(work, plan, target, own, look=journal is None)
        return Changed(work=work, decided=decided, plan=plan, journal=own)
    refused: dict[int, str] = {}
    while True:
        journal = journal_of(work, len(refused))
        refusal = attempted(work, plan, target, journal)
        if refusal is None:
            return Changed(work=work, decided=decided, plan=plan, journal=journal)
        more = isolated(work, plan, target)
        if not more:
            raise refusal
        refused |= more
        work = without(work, refused)
        decided = work.bench.decide(work.prepared.fields, work.prepared.matching)
        plan = replace(planned(work, decided), digest=plan.digest, lane=plan.lane)
        refuse_too_many(plan)


def attempted(work: Work, plan: ImportPlan, target: Target, journal: JournalWriter) -> InputError | None:
    """What the database said, if it refused."""
    try:
        with target.trial(), discreet(plan.request):
            change(work, plan, target, journal)
    except InputError as error:
        if error.code != CODE:
            raise
        return bare(error)
    return None


def journal_of(work: Work, number: int) -> JournalWriter:
    """An earlier one is of changes that were undone."""
    path = work.run.work / f"journal-{number}"
    path.unlink(missing_ok=True)
    return JournalWriter(path, work.prepared.entity.name)


def without(work: Work, refused: Mapping[int, str]) -> Work:
    rows = io.StringIO()
    csv.writer(rows, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows(sorted(refused.items()))
    with work.bench.take(REFUSED, ("record", "words")) as taken:
        taken.write(rows.getvalue().encode())
        taken.finish()
    return matched(work, replace(work.prepared.matching, refused=True))


def matched(work: Work, matching: Matching) -> Work:
    return replace(work, prepared=replace(work.prepared, matching=matching))


def isolated(work: Work, plan: ImportPlan, target: Target) -> dict[int, str]:
    """The records that are refused when all others are there, and the words of the database."""
    whole = work.prepared.matching.scope or Span(first=1, last=work.prepared.last)
    found: dict[int, str] = {}
    with only_tried(target):
        for step in steps(plan):
            work.run.reporter.phase("Looking for the records that the database refuses")
            halves = halved(whole, partial(tried, work, plan, target, step))
            refused = {span.first: words for span, words in halves if words is not None}
            found |= settled(work, plan, target, step, refused)
    return found


def steps(plan: ImportPlan) -> Iterator[Step]:
    """In the order in which they are written."""
    early, late = plan.turns.early, plan.turns.late
    turns = [Step(what=What.UPDATED, number=turn + 1 if early + late > 1 else 0) for turn in range(early + late)]
    if plan.counts[Decision.UPDATED]:
        yield from turns[:early]
    if plan.counts[Decision.CREATED]:
        yield Step(what=What.CREATED)
    if plan.counts.get(Decision.VERSIONED):
        yield Step(what=None)
    if plan.counts[Decision.UPDATED]:
        yield from turns[early:]


def settled(work: Work, plan: ImportPlan, target: Target, step: Step, refused: dict[int, str]) -> dict[int, str]:
    """Records that refer to others of the file are tried again once those are there."""
    while any(referring.own for referring in work.prepared.matching.references):
        before = len(refused)
        for record in list(refused):
            words = tried(work, plan, target, step, Span(first=record, last=record))
            if words is None:
                del refused[record]
        if len(refused) == before:
            break
    return refused


def tried(work: Work, plan: ImportPlan, target: Target, step: Step, span: Span) -> str | None:
    """What the database says against some records; None, and they are there, if it takes them."""
    some = matched(work, replace(work.prepared.matching, scope=span))
    try:
        with target.trial(), discreet(plan.request):
            if step.what is What.CREATED:
                for part in parts_of(some, plan, target):
                    with closing(part.emit()) as rows:
                        part.insert(rows)
            elif step.what is None:
                add_versions(some, target, JournalWriter(work.run.work / "tried", work.prepared.entity.name))
            elif at_once(work, plan):
                fields, updated = updating(some, plan, target, step.number)
                with closing(updated) as rows:
                    target.update(work.prepared.entity, plan.key, fields, rows)
    except InputError as error:
        return words_of(error)
    return None
