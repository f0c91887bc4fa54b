"""A file into the workbench: whole, as it was declared, without the records that somebody skips."""

from __future__ import annotations

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
from entrepot.model.rulings import rulings_of


def read(draft: Draft, request: ImportRequest, run: Run, bench: Bench) -> Staged:
    run.reporter.phase(f"Reading {draft.given}")
    staged = bench.stage(draft.path, draft.read_as(request.reading), name_of(draft))
    check_readable(staged, draft, bench)
    staged = as_declared(replace(staged, problems=(*draft.problems, *staged.problems)), draft)
    return counted(staged, request, draft)


def ruled(staged: Staged, request: ImportRequest, bench: Bench) -> tuple[Staged, tuple[Ruling, ...]]:
    """Records that somebody skips are none that could be wrong."""
    rulings = without_examples(rulings_of(request.decisions, staged.records), staged, request)
    if not rulings:
        return staged, ()
    return replace(staged, rejected=staged.rejected - bench.rule(rulings)), rulings
