"""An import in batches: one transaction for so many records, each happening once, whatever happens to this process.

What becomes of all records is looked at before anything is written. Then each batch is decided about anew, within its
own transaction; doubles are judged over the whole file. Before a batch is committed, what it brings about is noted, so
that a successor can go on behind the last one and say what came of all of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from itertools import count
from pathlib import Path
from typing import Generic, TypeVar

from entrepot.importing.agreeing import agree, receipt_of, refuse
from entrepot.importing.attempts import carry_out
from entrepot.importing.expecting import expect
from entrepot.importing.failed_rows import errors_file, with_errors
from entrepot.importing.isolating import changed, matched
from entrepot.importing.lanes import MAPPED, Lane
from entrepot.importing.look import planned
from entrepot.importing.match import match
from entrepot.importing.notes import COUNTS, Facts, noted, proofs_in
from entrepot.importing.prepare import working
from entrepot.importing.proof import prove, together
from entrepot.importing.request import Draft, Prepared, Run, Work
from entrepot.importing.tenancy import discreet
from entrepot.model.changes import Mark, Target
from entrepot.model.drafts import none_decided
from entrepot.model.errors import InputError
from entrepot.model.how_many import how_many
from entrepot.model.import_receipts import ImportReceipt, Proof
from entrepot.model.journals import JournalFacts
from entrepot.model.matching import Span
from entrepot.model.plans import ImportPlan, ImportRequest

Plan = TypeVar("Plan")


@dataclass(frozen=True, kw_only=True)
class Batched(Generic[Plan]):
    """The job that is done in batches."""

    job: str
    keep: Callable[[int, Path, JournalFacts], object]
    """Stores the journal of a unit."""
    standing: Callable[[int], Facts | None]
    """What was noted of a unit, if it was committed before."""
    parts: Callable[[Iterator[bytes], int, int], object]
    """Keeps the failed records of a unit; of several files that are one table those of each, by its number."""
    whole: Callable[[ImportPlan, Work], ImportPlan]
    """Puts them together at the end."""
    agreed: Plan | None = None
    once: tuple[str, ...] = ()
    goes_on: bool = False
    """Another process began it."""

    def mark(self, target: Target, mark: Mark) -> None:
        for name in (self.job, *self.once):
            target.mark(replace(mark, job=name))


Asked = Batched[ImportPlan]


def apply_in_batches(draft: Draft, request: ImportRequest, run: Run, wanted: Asked) -> ImportReceipt:
    with run.bench() as bench:
        work = working(draft, request, run, bench)
        refuse_own_references(work)
        with run.engine.change(run.catalog, work.entities, run.work, write=False) as target:
            decided = match(work, target)
            lane = Lane(target=target)
        plan = replace(planned(work, decided), lane=MAPPED)
        if not wanted.goes_on:
            agree(plan, wanted.agreed)
            if plan.blocked:
                noted(work, plan)
                refuse(with_errors(work, plan, decided))
        expect([plan], run)
        counts, proofs = Counter(none_decided()), list[Proof]()
        for unit, span in enumerate(spans(work.prepared.last, request.batch_size or 1)):
            facts = one_batch(work, plan, wanted, unit, span)
            counts.update(facts[COUNTS])
            proofs += proofs_in(facts)
            check_so_far(plan, counts)
        plan = wanted.whole(replace(plan, counts=dict(counts)), work)
        return replace(receipt_of(work, plan, lane, wanted.job), proofs=together(proofs))


def spans(last: int, size: int) -> Iterator[Span]:
    for first in range(1, last + 1, size):
        yield Span(first=first, last=min(first + size - 1, last))


def one_batch(work: Work, plan: ImportPlan, wanted: Asked, unit: int, span: Span) -> Facts:
    """What came of it."""
    before = wanted.standing(unit)
    if before is not None:
        return before
    some = matched(work, replace(work.prepared.matching, scope=span))
    return carry_out(partial(_attempt, some, plan, wanted), work.run, Mark(job=wanted.job, unit=unit), count())


def _attempt(work: Work, plan: ImportPlan, wanted: Asked, mark: Mark, say: Callable[[Facts], object]) -> None:
    run = work.run
    with run.engine.change(run.catalog, work.entities, run.work, write=True) as target:
        wanted.mark(target, mark)
        decided = match(work, target)
        left = tuple(map(work.prepared.named, decided.defaulted))
        here = replace(plan, counts=decided.counts, defaulted=left, turns=decided.turns)
        with discreet(plan.request):
            done = changed(work, decided, here, target)
            proofs = prove(done.work, done.plan, target, done.journal) if plan.request.prove else ()
        if done.plan.failed:
            wanted.parts(iter(errors_file(done.work, done.decided, head=False).blocks), mark.unit, 0)
        facts = noted(done.work, done.plan, mark.unit, proofs)
        for journal in done.journal.all:
            wanted.keep(mark.unit, journal.path, journal.facts)
        say(facts)
        run.reporter.phase(f"Committing batch {mark.unit + 1:,}")
        target.commit()
    for journal in done.journal.all:
        journal.path.unlink(missing_ok=True)


def check_so_far(plan: ImportPlan, counts: Mapping[str, int]) -> None:
    so_far = replace(plan, counts=dict(counts))
    if so_far.over_threshold:
        raise InputError(
            "too_many_errors",
            f"{so_far.failed:,} of {how_many(plan.staged.records, 'record')} cannot be imported, and at most"
            f" {plan.request.max_errors} may fail.",
            remedy="Look at the errors file: often one thing is wrong with all of them.",
            problems=plan.problems,
        )


def refuse_own_references(work: Work) -> None:
    """A parent might be in a later batch than what refers to it."""
    if own := own_references(work.prepared):
        raise InputError(
            "no_batches",
            f"Records of the file refer to each other ({', '.join(own[0])}), so they are not cut.",
            remedy="Leave --batch-size out: everything is brought in by one transaction then.",
        )


def own_references(prepared: Prepared) -> list[tuple[str, ...]]:
    """The fields by which records of the file may refer to each other."""
    own = [prepared.relations[at].fields for at, referring in enumerate(prepared.matching.references) if referring.own]
    own += [(sought.field.name,) for sought in prepared.lookups if sought.parent.name == prepared.entity.name]
    return own
