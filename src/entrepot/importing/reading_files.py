"""A file into the workbench: whole, as it was declared, without the records that somebody skips."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from entrepot.importing.as_declared import as_declared
from entrepot.importing.corrections import name_of
from entrepot.importing.counts import counted
from entrepot.importing.example_rows import without_examples
from entrepot.importing.request import Draft, Run
from entrepot.importing.unreadable import check_readable
from entrepot.model.bench import Bench
from entrepot.model.drafts import Staged
from entrepot.model.matching import Ruling
from entrepot.model.plans import ImportRequest
from entrepot.model.problems import Category, Problem, Severity
from entrepot.model.rulings import rulings_of


def read(draft: Draft, request: ImportRequest, run: Run, bench: Bench) -> Staged:
    run.reporter.phase(f"Reading {draft.given}")
    staged = bench.stage(draft.path, draft.read_as(request.reading), name_of(draft))
    check_readable(staged, draft, bench)
    staged = as_declared(replace(staged, problems=(*known_before(draft, request), *staged.problems)), draft)
    return counted(staged, request, draft)


def known_before(draft: Draft, request: ImportRequest) -> tuple[Problem, ...]:
    """What there is to say before the file is read."""
    return (*draft.problems, *left_out(request.left_out))


def left_out(titles: Sequence[str]) -> Iterator[Problem]:
    for title in titles:
        yield Problem(
            code="nothing_in_it",
            message=f"{title} has no records, and is left out.",
            remedy="If it should have some, look whether it was cut off.",
            severity=Severity.WARNING,
            category=Category.COUNT,
        )


def ruled(staged: Staged, request: ImportRequest, bench: Bench) -> tuple[Staged, tuple[Ruling, ...]]:
    """Records that somebody skips are none that could be wrong."""
    rulings = without_examples(rulings_of(request.decisions, staged.records), staged, request)
    if not rulings:
        return staged, ()
    return replace(staged, rejected=staged.rejected - bench.rule(rulings)), rulings
