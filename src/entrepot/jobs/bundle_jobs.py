"""The job of an import of several tables: carried out by one transaction, or in batches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from entrepot.importing.bundles.apply import apply
from entrepot.importing.bundles.batches import apply_in_batches
from entrepot.importing.bundles.parts import Part
from entrepot.importing.failed_rows import errors_names
from entrepot.importing.request import Run
from entrepot.jobs.also import shared_columns
from entrepot.jobs.batched import Batches
from entrepot.jobs.durable import document, promising, working
from entrepot.jobs.errors_files import marks_of, must_be_free_for
from entrepot.jobs.kept_files import settle_files
from entrepot.jobs.recorded_plans import bundle_of
from entrepot.jobs.way_in import WayIn
from entrepot.model.bench import Bench
from entrepot.model.bundles import BundleReceipt
from entrepot.model.drafts import Decision
from entrepot.model.how_many import how_many
from entrepot.model.names import entity_names
from entrepot.model.records import JobRecord, PlanRecord, Status


@dataclass(frozen=True, kw_only=True)
class BundleJobs:
    """Of some tables, in a workbench that is theirs."""

    way: WayIn
    parts: Sequence[Part]
    run: Run
    bench: Bench
    plan: PlanRecord | None = None

    def carried_out(self, draft_id: str) -> BundleReceipt:
        way, state, phase = self.way, self.way.state, f"Importing {how_many(len(self.parts), 'table')}"

        def begin(owner: str) -> JobRecord:
            return state.begin(
                "import",
                owner=owner,
                database=self.run.identity,
                entity=", ".join(part.request.entity for part in self.parts),
                plan_id=self.plan.id if self.plan else None,
                draft_id=draft_id,
                corrects=self.parts[0].request.corrects,
            )

        if self.parts[0].request.batch_size:
            with state.owning() as owner:
                return self.in_batches(state.ledger.jobs.advance(begin(owner), Status.PROCESSING, phase))
        with working(state, begin, phase, self.run) as job:
            receipt = apply(
                keeping(way, self.parts, job),
                replace(self.run, keeps_files=way.keeping_files(job)),
                self.bench,
                job=job.id,
                keep=way.keep_of(job, [part.request for part in self.parts], self.run),
                agreed=bundle_of(self.plan) if self.plan else None,
                once=self._once,
                ready=promising(state, job, self.run),
            )
            return self._finished(job, receipt)

    def in_batches(self, job: JobRecord) -> BundleReceipt:
        """All of it, or what another process left of it."""
        way = self.way
        batches = Batches(state=way.state, job=job, run=self.run, lasting=way.journals_kept)

        def attempt() -> BundleReceipt:
            wanted = batches.wanted(bundle_of(self.plan) if self.plan else None, self._once)
            return apply_in_batches(keeping(way, self.parts, job), self.run, self.bench, wanted)

        return self._finished(job, batches.carried(attempt, way.taking_back))

    @property
    def _once(self) -> tuple[str, ...]:
        names = (self.plan.id if self.plan else None, self.parts[0].draft.once)
        return tuple(name for name in names if name)

    def _finished(self, job: JobRecord, receipt: BundleReceipt) -> BundleReceipt:
        way, state = self.way, self.way.state
        settle_files(state, job, self.run, applied=True)
        state.keep_draft(job.draft_id or "", way.journals_kept)
        if job.corrects:
            state.keep_draft(state.ledger.jobs.get(job.corrects).draft_id or "", way.journals_kept)
        status = Status.PARTIAL if receipt.counts[Decision.FAILED] else Status.COMPLETED
        state.finish(job, status, receipt=document(receipt))
        memory, names = way.memory(self.run), entity_names(self.run.catalog)
        requests = {names.find(part.request.entity).name: part.request for part in self.parts}
        for part in receipt.parts:
            entity = names.find(part.entity).name
            if entity not in shared_columns(requests):
                memory.remember(requests[entity], part)
        return receipt


def keeping(way: WayIn, parts: Sequence[Part], job: JobRecord | None) -> list[Part]:
    """Each has an errors file of its own, for which there is room: halfway through is too late to find out."""
    names = [errors_names(part.draft, part.request) for part in parts]
    marks = marks_of(names, [part.request.entity for part in parts])
    for some, mark in zip(names, marks, strict=True):
        for name in some:
            must_be_free_for(way.errors_to, name, mark)
    return [
        replace(part, run=way.knowing(_with_errors(way, part, job, mark, number), part.request, job))
        for number, (part, mark) in enumerate(zip(parts, marks, strict=True))
    ]


def _with_errors(way: WayIn, part: Part, job: JobRecord | None, mark: str, number: int) -> Run:
    """And with what is noted of it, for whoever corrects them, or goes on. What comes in by one transaction is noted
    under the numbers of the tables."""
    run = way.keeping_errors(part.run, way.errors_to, job, is_folder=True, mark=mark)
    units, cut = way.state.ledger.units, bool(part.request.batch_size)
    return replace(run, note=lambda facts, unit: units.note(job, unit if cut else number, facts)) if job else run
