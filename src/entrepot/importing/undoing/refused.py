"""Rows that the database does not take back although nothing seemed to be in the way: they stay, and are told.

Everything is tried at once. If that is refused, single rows are looked for, by halves; all of it is undone, and done
again without them, and without whatever hangs on them. Where rows only need another order, the one in which they were
taken one by one is the order in which they go in the end.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial

from entrepot.importing.halving import CODE, bare, halved, only_tried, words_of
from entrepot.importing.undoing.change import UndoJournals, carry_out, change
from entrepot.importing.undoing.compare import settled
from entrepot.importing.undoing.job import Undoing
from entrepot.importing.undoing.orders import Step, Way, orders
from entrepot.importing.undoing.plan import planned
from entrepot.model.changes import Target
from entrepot.model.errors import InputError
from entrepot.model.matching import Span
from entrepot.model.undo_plans import UndoPlan
from entrepot.model.undoing import BackPart, Settled

MOST = 1_000
"""So many rows are looked for one by one; if more are refused, something is wrong with all of them."""
ALL = "Nothing was taken back. Change what it asks for, and undo again."
KEPT_OUT = "a trigger or a rule of the table left it as it was"
Refused = dict[int, str]
"""By the number in the line, what the database said."""


@dataclass(frozen=True, kw_only=True)
class TakenBack:
    plan: UndoPlan
    """As it came out in the end."""
    journals: UndoJournals


def taken_back(undoing: Undoing, fates: Settled, plan: UndoPlan, target: Target) -> TakenBack:
    waiting, was_isolated = orders(undoing, fates).whole, False
    while True:
        journals = UndoJournals(undoing.run.work, "journal")
        refusal = attempted(undoing, waiting.pop(0), plan.changes, target, journals)
        if refusal is None:
            return TakenBack(plan=plan, journals=journals)
        if waiting:
            continue
        undoing.run.reporter.phase("Looking for the rows that the database refuses")
        found = isolated(undoing, fates, target)
        if was_isolated and not found.refused:
            raise in_the_way(refusal)
        waiting, was_isolated = [found.steps], True
        for part, refused in found.refused.items():
            undoing.bench.refuse(part, refused)
        fates = settled(undoing)
        plan = replace(planned(undoing, fates), digest=plan.digest)


def attempted(
    undoing: Undoing, steps: list[Step], rows: int, target: Target, journals: UndoJournals
) -> InputError | None:
    """What the database said, if it refused."""
    undoing.run.reporter.begin(undoing.titles, rows)
    try:
        with trial(undoing, target):
            if change(undoing, steps, target, journals) != rows:
                raise InputError(CODE, f"The database does not take all rows back: {KEPT_OUT}.", remedy="")
    except InputError as error:
        if error.code != CODE:
            raise
        return bare(error)
    return None


@dataclass(frozen=True, kw_only=True)
class Isolated:
    refused: dict[BackPart, Refused]
    steps: list[Step]
    """What was taken, in an order in which it can be."""


def isolated(undoing: Undoing, fates: Settled, target: Target) -> Isolated:
    order = orders(undoing, fates).one_by_one
    undoing.bench.line_up(list(dict.fromkeys(step.part for step in order)))
    refused: dict[Step, Refused] = {step: {} for step in order}
    taken: list[Step] = []
    with only_tried(target):
        for step in order:
            whole = Span(first=1, last=fates.back(step.part))
            if step.way is Way.UNTIE:  # no harm if it cannot be: perhaps they can go as they are
                taken += [step] if tried(undoing, target, replace(step, span=whole)) is None else []
                continue
            for span, words in halved(whole, partial(_tried_span, undoing, target, step)):
                _note(step, span, words, refused, taken)
        while _again(undoing, target, refused, taken):
            pass
    return Isolated(refused=_by_part(refused), steps=taken)


def _tried_span(undoing: Undoing, target: Target, step: Step, span: Span) -> str | None:
    return tried(undoing, target, replace(step, span=span))


def _note(step: Step, span: Span, words: str | None, refused: dict[Step, Refused], taken: list[Step]) -> None:
    if words is None:
        taken.append(replace(step, span=span))
        return
    refused[step][span.first] = words
    if sum(map(len, refused.values())) > MOST:
        raise InputError(CODE, f"The database refuses more than {MOST:,} rows, for example: {words}.", remedy=ALL)


def _again(undoing: Undoing, target: Target, refused: dict[Step, Refused], taken: list[Step]) -> bool:
    """Rows that only waited for others; whether there were any."""
    before = len(taken)
    for step, numbers in refused.items():
        for number in list(numbers):
            alone = replace(step, span=Span(first=number, last=number))
            if tried(undoing, target, alone) is None:
                del numbers[number]
                taken.append(alone)
    return len(taken) > before


def _by_part(refused: dict[Step, Refused]) -> dict[BackPart, Refused]:
    """A row that did not come back could not get its references either: what was said first is told."""
    found: dict[BackPart, Refused] = {}
    for step, numbers in refused.items():
        if numbers:
            found[step.part] = {**numbers, **found.get(step.part, {})}
    return found


def tried(undoing: Undoing, target: Target, step: Step) -> str | None:
    """What the database says against some rows; None, and they are taken back, if it takes them."""
    journals = UndoJournals(undoing.run.work, "journal of a trial")
    rows = step.span.last - step.span.first + 1 if step.span else 0
    try:
        with trial(undoing, target):
            if carry_out(undoing, step, target, journals) < rows:
                raise InputError(CODE, KEPT_OUT, remedy="")
    except InputError as error:
        return words_of(error)
    return None


@contextmanager
def trial(undoing: Undoing, target: Target) -> Iterator[None]:
    with target.trial():
        if undoing.waits:
            target.let_keys_wait()
        yield


def in_the_way(error: InputError) -> InputError:
    return InputError(
        error.code,
        error.message,
        remedy="What came or went since is in the way, and no single row is to blame. Change that, and undo again.",
        problems=error.problems,
    )
