"""Rows that the database does not take back although nothing seemed to be in the way: they stay, and are told.

Everything is tried at once. If that is refused, single rows are looked for, by halves; all of it is undone, and done
again without them, and without whatever hangs on them. Where rows only need another order, the one in which they were
taken one by one is the order in which they go in the end.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial

from entrepot.importing.halving import CODE, bare, halved, only_tried, words_of
from entrepot.importing.journal import JournalWriter
from entrepot.importing.undoing.change import Step, at_once, change, counts, in_order
from entrepot.importing.undoing.compare import settled
from entrepot.importing.undoing.job import Undoing
from entrepot.importing.undoing.plan import planned
from entrepot.model.changes import Target
from entrepot.model.errors import InputError
from entrepot.model.matching import Span
from entrepot.model.undo_plans import UndoPlan
from entrepot.model.undoing import BackPart

MOST = 1_000
"""So many rows are looked for one by one; if more are refused, something is wrong with all of them."""
ALL = "Nothing was taken back. Change what it asks for, and undo again."
KEPT_OUT = "a trigger or a rule of the table left it as it was"
Refused = dict[BackPart, dict[int, str]]
"""By the number in the line, what the database said."""


@dataclass(frozen=True, kw_only=True)
class TakenBack:
    plan: UndoPlan
    """As it came out in the end."""
    journal: JournalWriter


def taken_back(undoing: Undoing, plan: UndoPlan, target: Target) -> TakenBack:
    waiting, was_isolated = at_once(undoing, plan), False
    while True:
        journal = JournalWriter(undoing.run.work / "journal", undoing.entity.name)
        refusal = attempted(undoing, waiting.pop(0), plan.changes, target, journal)
        if refusal is None:
            return TakenBack(plan=plan, journal=journal)
        if waiting:
            continue
        undoing.run.reporter.phase("Looking for the rows that the database refuses")
        found = isolated(undoing, plan, target)
        if was_isolated and not found.refused:
            raise in_the_way(refusal)
        waiting, was_isolated = [found.steps], True
        for part, refused in found.refused.items():
            undoing.bench.refuse(part, refused)
        plan = replace(planned(undoing, settled(undoing)), digest=plan.digest)


def attempted(
    undoing: Undoing, steps: list[Step], rows: int, target: Target, journal: JournalWriter
) -> InputError | None:
    """What the database said, if it refused."""
    undoing.run.reporter.begin(undoing.entity.title, rows)
    try:
        with target.trial():
            if change(undoing, steps, target, journal) != rows:
                raise InputError(CODE, f"The database does not take all rows back: {KEPT_OUT}.", remedy="")
    except InputError as error:
        if error.code != CODE:
            raise
        return bare(error)
    return None


@dataclass(frozen=True, kw_only=True)
class Isolated:
    refused: Refused
    steps: list[Step]
    """What was taken, in an order in which it can be."""


def isolated(undoing: Undoing, plan: UndoPlan, target: Target) -> Isolated:
    parts = in_order(undoing, plan)
    undoing.bench.line_up(parts)
    found = Isolated(refused={part: {} for part in parts}, steps=[])
    with only_tried(target):
        for part in parts:
            whole = Span(first=1, last=counts(plan)[part.part])
            for span, words in halved(whole, partial(tried, undoing, target, part)):
                _note(found, part, span, words)
        while _again(undoing, target, found):
            pass
    return Isolated(refused={part: words for part, words in found.refused.items() if words}, steps=found.steps)


def _note(found: Isolated, part: BackPart, span: Span, words: str | None) -> None:
    if words is None:
        found.steps.append(Step(part=part, span=span))
        return
    found.refused[part][span.first] = words
    if sum(map(len, found.refused.values())) > MOST:
        raise InputError(CODE, f"The database refuses more than {MOST:,} rows, for example: {words}.", remedy=ALL)


def _again(undoing: Undoing, target: Target, found: Isolated) -> bool:
    """Rows that only waited for others; whether there were any."""
    before = len(found.steps)
    for part, refused in found.refused.items():
        for number in list(refused):
            words = tried(undoing, target, part, Span(first=number, last=number))
            if words is None:
                del refused[number]
                found.steps.append(Step(part=part, span=Span(first=number, last=number)))
    return len(found.steps) > before


def tried(undoing: Undoing, target: Target, part: BackPart, span: Span) -> str | None:
    """What the database says against some rows; None, and they are taken back, if it takes them."""
    undoing.run.cancel.check()
    journal = JournalWriter(undoing.run.work / "journal of a trial", undoing.entity.name)
    try:
        with target.trial():
            if change(undoing, [Step(part=part, span=span)], target, journal) <= span.last - span.first:
                raise InputError(CODE, KEPT_OUT, remedy="")
    except InputError as error:
        return words_of(error)
    return None


def in_the_way(error: InputError) -> InputError:
    return InputError(
        error.code,
        error.message,
        remedy="What came or went since is in the way, and no single row is to blame. Change that, and undo again.",
        problems=error.problems,
    )
