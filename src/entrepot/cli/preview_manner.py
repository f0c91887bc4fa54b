"""How an import would be done: the way, what fires, who waits, and how long."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil

from entrepot.cli.paper import Paper
from entrepot.model.drafts import Errors
from entrepot.model.plans import ImportPlan

BATCH = 10_000
"""Records to a transaction, where others are to come in between."""
LONG_SECONDS = 3.0
"""Applications wait so long for a lock without anybody noticing."""


def manner(plan: ImportPlan, paper: Paper) -> Iterator[str]:
    yield from paper.heading("How it would be done")
    whole = "all or nothing" if plan.request.errors is Errors.ALL_OR_NOTHING else "records that fail are left out"
    yield from told("rows", f"{plan.lane}, in {transactions(plan)}; {whole}", paper)
    if plan.locks:
        yield from told("tables", locks(plan), paper)
    if not plan.blocked and plan.estimate.waiting:
        about = "about " if plan.estimate.seconds >= 1 else ""
        yield from told("time", f"{about}{duration(plan.estimate.seconds)}", paper)
        yield from told("others", f"for {duration(plan.estimate.locked)}: {plan.estimate.waiting}", paper)
        if plan.estimate.all_wait and plan.estimate.locked > LONG_SECONDS:
            yield from told("", advice(plan), paper)
    for problem in plan.problems:
        if problem.code == "triggers_fire":
            yield from told("triggers", problem.message, paper)


def transactions(plan: ImportPlan) -> str:
    size = plan.request.batch_size
    return f"transactions of {size:,} records" if size else "one transaction"


def advice(plan: ImportPlan) -> str:
    """Batches are for whoever has more than one, and has not asked for them."""
    alone = "Choose a time when nobody else writes"
    if plan.request.batch_size or plan.request.exclusive or plan.staged.records <= BATCH:
        return f"{alone}."
    skipping = "" if plan.request.errors is Errors.SKIP else "--errors skip "
    return f"{alone}, or let others in between: {skipping}--batch-size {BATCH}."


def duration(seconds: float) -> str:
    """As far as it can be known.

    >>> [duration(seconds) for seconds in (0.3, 1.2, 7.7, 43, 200, 7300)]
    ['less than a second', '2 s', '8 s', '45 s', '4 min', '2 h 5 min']
    """
    if seconds < 1:
        return "less than a second"
    if seconds < 10:
        return f"{ceil(seconds)} s"
    if seconds < 90:
        return f"{5 * ceil(seconds / 5)} s"
    if seconds <= 3600:
        return f"{ceil(seconds / 60)} min"
    minutes = 5 * ceil(seconds / 300)
    return f"{minutes // 60} h {minutes % 60} min"


def locks(plan: ImportPlan) -> str:
    tables = ", ".join(plan.locks)
    if plan.request.exclusive:
        return f"nobody else can use these tables until it is done: {tables}"
    return f"with --exclusive it is faster, but nobody else could use these tables meanwhile: {tables}"


def told(name: str, words: str, paper: Paper) -> Iterator[str]:
    lines = list(paper.text(words, indent=12))
    yield f"  {paper.styled(f'{name:<10}', 'dim')}{lines[0][12:]}"
    yield from lines[1:]
