"""Several tables in batches: one after the other, parents first, each in as many transactions as it is cut into.

What becomes of all records is looked at before anything is written. From then on parents are rows; what is kept of
their tables is which of their records failed, so that whoever refers to one of these fails, too, whatever row has its
id. That is noted with each batch, so that a successor knows it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass, field, replace
from itertools import count, groupby

from entrepot.importing.agreeing import receipt_of as receipt_of_table
from entrepot.importing.attempts import carry_out
from entrepot.importing.batches import Batched, check_so_far
from entrepot.importing.bundles.agreeing import agree
from entrepot.importing.bundles.alone import lane_of
from entrepot.importing.bundles.apply import receipt_of, refuse_blocked
from entrepot.importing.bundles.cutting import batches_of
from entrepot.importing.bundles.deciding import Settled, decide
from entrepot.importing.bundles.look import planned
from entrepot.importing.bundles.members import Member, entities_of
from entrepot.importing.bundles.opening import members_of
from entrepot.importing.bundles.parts import Part
from entrepot.importing.bundles.writing import write
from entrepot.importing.failed_rows import errors_of_batch
from entrepot.importing.isolating import Changed
from entrepot.importing.lanes import Lane
from entrepot.importing.notes import BROUGHT, COUNTS, ENTITY, SHARES, SPAN, Facts, noted, proofs_in
from entrepot.importing.proof import prove, together
from entrepot.importing.request import Run
from entrepot.importing.spelling import is_spelled_variously
from entrepot.importing.tenancy import discreet
from entrepot.importing.united import counted_shares
from entrepot.model.bench import Bench
from entrepot.model.brought import Brought
from entrepot.model.bundles import BundlePlan, BundleReceipt, summed
from entrepot.model.changes import Mark, Target
from entrepot.model.errors import ChangedError
from entrepot.model.import_receipts import ImportReceipt, Proof
from entrepot.model.plans import ImportPlan
from entrepot.model.spans import spans_of

Asked = Batched[BundlePlan]
Say = Callable[[Sequence[Facts]], object]


@dataclass(kw_only=True)
class Table:
    """What came of one so far."""

    member: Member
    plan: ImportPlan
    """Of all of its records, before anything was written."""
    facts: list[Facts] = field(default_factory=list)
    """Of its batches."""
    counts: dict[str, int] = field(default_factory=dict)

    def add(self, facts: Facts) -> None:
        self.facts.append(facts)
        self.counts = summed([self.counts, facts[COUNTS]])
        check_so_far(self.plan, self.counts)

    def bring_again(self) -> None:
        """For those who refer to it: what really came of its records."""
        prepared = self.member.work.prepared
        for number, columns in enumerate(self.member.brings):
            told = [facts[BROUGHT][number] for facts in self.facts]
            here, lost = ([span for texts in told for span in spans_of(texts[at])] for at in (0, 1))
            various = any(is_spelled_variously(self.member.entity.field(name)) for name in prepared.named(columns))
            brought = Brought(here=tuple(here), lost=tuple(lost), whole=various)
            self.member.work.bench.bring_again(prepared.fields, number, columns, brought)

    def receipt(self, wanted: Asked, lane: Lane) -> ImportReceipt:
        shares = [
            replace(share, counts=summed(facts[SHARES][at] for facts in self.facts))
            for at, share in enumerate(self.plan.shares)
        ]
        plan = replace(self.plan, counts=summed([self.counts]), shares=tuple(shares))
        receipt = receipt_of_table(self.member.work, wanted.whole(plan, self.member.work), lane, wanted.job)
        return replace(receipt, proofs=together(proof for facts in self.facts for proof in proofs_in(facts)))


def apply_in_batches(parts: Sequence[Part], run: Run, bench: Bench, wanted: Asked) -> BundleReceipt:
    began = run.clock.monotonic()
    members = members_of(parts, run, bench)
    with run.engine.change(run.catalog, entities_of(members), run.work, write=False) as target:
        settled, lane = decide(members, target), Lane(target=target)
    plan = planned([one.plan() for one in settled], run)
    if not wanted.goes_on:
        agree(plan, wanted.agreed)
        refuse_blocked(settled, plan)
    tables = [Table(member=one.member, plan=part) for one, part in zip(settled, plan.parts, strict=True)]
    unit, written = 0, set[str]()
    for _, some in groupby(tables, lambda table: table.member.circle):
        circle = list(some)
        unit = _circle(circle, run, wanted, unit, written)
        written.update(table.member.entity.name for table in circle)
    receipts = [table.receipt(wanted, lane) for table in tables]
    return replace(receipt_of(receipts, plan, run), seconds=run.clock.monotonic() - began)


def _circle(tables: Sequence[Table], run: Run, wanted: Asked, unit: int, written: Set[str]) -> int:
    """Each table of a transaction has a unit of its own. The first one that is left."""
    plans = [table.plan for table in tables]
    for members in batches_of([table.member for table in tables], written):
        found = Batch(members=members, plans=plans, run=run, wanted=wanted).facts(unit)
        for table, facts in zip(tables, found, strict=True):
            table.add(facts)
        unit += len(tables)
    for table in tables:
        table.bring_again()
    return unit


@dataclass(frozen=True, kw_only=True)
class Batch:
    """One transaction."""

    members: Sequence[Member]
    """Each with the records that it is about."""
    plans: Sequence[ImportPlan]
    """Of all records of each."""
    run: Run
    wanted: Asked

    def facts(self, unit: int) -> Sequence[Facts]:
        """What comes, or came, of it."""
        units = range(unit, unit + len(self.members))
        before = [self.wanted.standing(each) for each in units] if self.wanted.goes_on else []
        stood = [facts for facts in before if facts is not None]
        if stood:
            _check_same(stood, self.members)
            return stood
        return carry_out(self._attempt, self.run, Mark(job=self.wanted.job, unit=unit), count())

    def _attempt(self, mark: Mark, say: Say) -> None:
        with lane_of(self.members, self.run) as lane:
            target = lane.target
            for at in range(len(self.members)):
                self.wanted.mark(target, replace(mark, unit=mark.unit + at))
            settled = decide(self.members, target)
            here = [_here(one, plan) for one, plan in zip(settled, self.plans, strict=True)]
            with discreet(self.plans[0].request):
                done = write(settled, planned(here, self.run), target)
                pairs = zip(done, self.members, strict=True)
                said = [self._kept(*pair, target, mark.unit + at) for at, pair in enumerate(pairs)]
            say(said)
            self.run.reporter.phase(f"Committing batch {mark.unit + 1:,}")
            target.commit()
        for journal in (journal for one in done for journal in one.journal.all):
            journal.path.unlink(missing_ok=True)

    def _kept(self, done: Changed, member: Member, target: Target, unit: int) -> Facts:
        """Its journal, what it left out, and what it brings about."""
        work, plan = done.work, done.plan
        proofs: Sequence[Proof] = prove(work, plan, target, done.journal) if plan.request.prove else ()
        for number, blocks in errors_of_batch(work, plan, done.decided):
            self.wanted.parts(blocks, unit, number)
        besides = {**_which(member), BROUGHT: _brought(member), SHARES: [dict(share.counts) for share in plan.shares]}
        facts = noted(work, plan, unit, proofs, besides)
        for journal in done.journal.all:
            self.wanted.keep(unit, journal.path, journal.facts)
        return facts


def _here(settled: Settled, plan: ImportPlan) -> ImportPlan:
    """What a batch of the table does; what people look at besides was told before."""
    work, decided = settled.member.work, settled.decided
    left = tuple(map(work.prepared.named, decided.defaulted))
    return replace(plan, counts=decided.counts, defaulted=left, turns=decided.turns, shares=counted_shares(work))


def _check_same(stood: Sequence[Facts], some: Sequence[Member]) -> None:
    """Batches are numbered in the order of the tables, which depends on how these refer to each other."""
    then = [[facts.get(name) for name in (ENTITY, SPAN)] for facts in stood]
    if then != [list(_which(member).values()) for member in some]:
        raise ChangedError(
            "schema_changed",
            "Since its first batches, the tables refer to each other in another way, so nobody can go on behind them.",
            remedy="Import all of it again.",
        )


def _which(member: Member) -> dict[str, object]:
    scope = member.work.prepared.matching.scope
    return {ENTITY: member.entity.name, SPAN: [scope.first, scope.last] if scope else []}


def _brought(member: Member) -> list[list[str]]:
    """By the numbers of what it brings."""
    bench, prepared = member.work.bench, member.work.prepared
    return [
        [bench.brought(prepared.fields, prepared.matching, number, columns, here=here) for here in (True, False)]
        for number, columns in enumerate(member.brings)
    ]
