"""How an import would be done: the way, what fires, who waits, and how long."""

from __future__ import annotations

from collections.abc import Iterator

from entrepot.cli.paper import Paper
from entrepot.model.drafts import Errors
from entrepot.model.plans import ImportPlan


def manner(plan: ImportPlan, paper: Paper) -> Iterator[str]:
    yield from paper.heading("How it would be done")
    whole = "all or nothing" if plan.request.errors is Errors.ALL_OR_NOTHING else "records that fail are left out"
    yield from told("rows", f"{plan.lane}, in one transaction; {whole}", paper)
    if plan.locks:
        yield from told("locks", locks(plan), paper)
    for problem in plan.problems:
        if problem.code == "triggers_fire":
            yield from told("triggers", problem.message, paper)


def locks(plan: ImportPlan) -> str:
    tables = ", ".join(plan.locks)
    if plan.request.exclusive:
        return f"nobody else can use these tables until it is done: {tables}"
    return f"with --exclusive it is faster, but nobody else could use these tables meanwhile: {tables}"


def told(name: str, words: str, paper: Paper) -> Iterator[str]:
    lines = list(paper.text(words, indent=12))
    yield f"  {paper.styled(f'{name:<10}', 'dim')}{lines[0][12:]}"
    yield from lines[1:]
