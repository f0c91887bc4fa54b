"""Imports as people ask for them: a file becomes a draft, a draft a plan, a plan a job with its receipt.

What a job did must be known afterwards whatever happened to this process, so the ledger hears of every step before it
is taken, and the mark beside the data says whether the last one was.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from entrepot.importing.apply import apply
from entrepot.importing.batches import apply_in_batches
from entrepot.importing.first_page import FirstPage, tell_first_page
from entrepot.importing.holding import must_hold
from entrepot.importing.look import look
from entrepot.importing.mirroring.guards import confirmed, must_be_confirmed
from entrepot.importing.request import Draft, Run
from entrepot.importing.wanted import Keep
from entrepot.jobs.batched import Batches
from entrepot.jobs.coming import Coming
from entrepot.jobs.corrected import with_original
from entrepot.jobs.drafting import PLACE, Drafting, asked_of, draft_of
from entrepot.jobs.durable import document, keeping, promising, settle, working
from entrepot.jobs.kept_files import settle_files
from entrepot.jobs.recorded_plans import names_of, state_of, summary_of
from entrepot.jobs.repeated import once
from entrepot.jobs.resuming import at_work, recalled, unfinished
from entrepot.jobs.taken_ids import taking_ids
from entrepot.jobs.unpacking import with_packed, with_table
from entrepot.jobs.way_back import WayBack
from entrepot.model.drafts import Decision, Mode
from entrepot.model.import_receipts import ImportReceipt
from entrepot.model.plans import ImportPlan, ImportRequest
from entrepot.model.records import DraftRecord, JobRecord, PlanRecord, Status
from entrepot.storage.keys import Keys


@dataclass(frozen=True, kw_only=True)
class WayIn(Drafting):
    """One table."""

    def preview(self, file: Path, request: ImportRequest, keys: Keys, first: FirstPage | None = None) -> ImportPlan:
        """Keep the file, and say what would become of every record. `first` hears of the first of many sooner."""
        with self.coming(file) as copy, self.begun() as begun:
            request, run = self.asked_alone(request, begun)
            if first is not None:
                tell_first_page(file, request, run, first)
            record = self._drafted(copy, request, run)
            draft = self._draft(record, request, run, keys, file)
            return self.looked_at(record, with_packed(request, draft.packed), run, draft)

    def plan(self, plan_id: str) -> ImportPlan:
        """One that was made before, and what became of it."""
        kept = self.state.ledger.plans.get(plan_id)
        return replace(summary_of(kept), state=state_of(kept, self.state, self.now()))

    def bring_in(self, file: Path, request: ImportRequest, keys: Keys) -> ImportReceipt:
        """Without showing a plan first."""
        with self.coming(file) as copy, self.begun() as begun:
            request, run = self.asked_alone(request, begun)
            record = self._drafted(copy, request, run)
            draft = self._draft(record, request, run, keys, file)
            return self.carried_out(record, with_packed(request, draft.packed), run, draft, None)

    def apply(self, plan_id: str, keys: Keys, confirm_deletes: int | None = None) -> ImportReceipt:
        """What was planned, exactly; ChangedError `plan_drifted` if it would be something else by now."""
        kept = self.state.ledger.plans.usable(plan_id)
        with self.begun() as run:
            plan = summary_of(kept)
            must_hold(plan, run.catalog)
            must_be_confirmed(plan, confirm_deletes)
            request = confirmed(plan.request, confirm_deletes)
            record = self.state.ledger.drafts.get(kept.draft_id)
            draft = self._draft(record, request, run, keys, None)
            with once(self.state, kept):
                return self.carried_out(record, request, run, draft, kept)

    def _drafted(self, copy: Coming, request: ImportRequest, run: Run) -> DraftRecord:
        return self.state.ledger.drafts.add(self.copied(copy, run), request=asked_of(request, copy.file))

    def _draft(self, record: DraftRecord, request: ImportRequest, run: Run, keys: Keys, given: Path | None) -> Draft:
        stored = self.state.ledger.artifacts.get(record.artifact_id)
        place = Path(record.request.get(PLACE, record.name))
        draft = draft_of(record, self.plain(stored, given or place, run.work, keys, proven=given is not None))
        if request.corrects:
            return with_original(self.state, draft, request, run, keys)
        return with_table(draft, request, run.work, keys, known=given is None)

    def noting(self, run: Run, request: ImportRequest, job: JobRecord | None = None) -> Run:
        run = self.knowing(self.keeping_errors(run, self.errors_to, job), request, job)
        if job is None:
            return run
        units = self.state.ledger.units
        return replace(run, note=lambda facts, unit: units.note(job, unit, facts), keeps_files=self.keeping_files(job))

    def looked_at(self, record: DraftRecord, request: ImportRequest, run: Run, draft: Draft) -> ImportPlan:
        plan = look(draft, request, self.noting(run, request))
        kept = self.kept(plan, record.id)
        return replace(plan, plan_id=kept.id, state=state_of(kept, self.state, self.now()))

    def carried_out(
        self, record: DraftRecord, request: ImportRequest, run: Run, draft: Draft, plan: PlanRecord | None
    ) -> ImportReceipt:
        jobs, agreed = self.state.ledger.jobs, summary_of(plan) if plan else None

        def begin(owner: str) -> JobRecord:
            return self.state.begin(
                "import",
                owner=owner,
                database=run.identity,
                entity=request.entity,
                plan_id=plan.id if plan else None,
                draft_id=record.id,
                corrects=request.corrects,
            )

        if request.batch_size:
            with self.state.owning() as owner:
                job = jobs.advance(begin(owner), Status.PROCESSING, f"Importing {record.name}")
                return self._in_batches(job, request, run, draft, plan)
        with working(self.state, begin, f"Importing {record.name}", run) as job:
            receipt = apply(
                draft,
                request,
                self.noting(run, request, job),
                job=job.id,
                keep=self.keep_of(job, [request], run),
                agreed=agreed,
                once=names_of(draft, plan),
                ready=promising(self.state, job, run),
            )
            return self._finished(job, request, run, receipt)

    def keep_of(self, job: JobRecord, requests: Sequence[ImportRequest], run: Run) -> Keep:
        """What keeps the journals of all its tables."""
        keep = keeping(self.state, job, self.journals_kept)
        deletes = any(request.mode is Mode.MIRROR for request in requests)
        return taking_ids(self.state, job, keep, run.engine.marked if deletes else None)

    def _finished(self, job: JobRecord, request: ImportRequest, run: Run, receipt: ImportReceipt) -> ImportReceipt:
        settle_files(self.state, job, run, applied=True)
        self._keep_drafts(job, request)
        partial = receipt.counts.get(Decision.FAILED, 0) > 0
        status = Status.PARTIAL if partial else Status.COMPLETED
        self.state.finish(job, status, receipt=document(receipt))
        self.memory(run).remember(request, receipt)
        return receipt

    def _keep_drafts(self, job: JobRecord, request: ImportRequest) -> None:
        """As long as what was done with them can be undone."""
        self.state.keep_draft(job.draft_id or "", self.journals_kept)
        if request.corrects:
            root = self.state.ledger.jobs.get(request.corrects)
            self.state.keep_draft(root.draft_id or "", self.journals_kept)

    def _in_batches(
        self, job: JobRecord, request: ImportRequest, run: Run, draft: Draft, plan: PlanRecord | None
    ) -> ImportReceipt:
        noting = self.noting(run, request, job)
        batches = Batches(state=self.state, job=job, run=noting, lasting=self.journals_kept)

        def attempt() -> ImportReceipt:
            wanted = batches.wanted(summary_of(plan) if plan else None, names_of(draft, plan))
            return apply_in_batches(draft, request, noting, wanted)

        return self._finished(job, request, run, batches.carried(attempt, self.taking_back))

    def taking_back(self, job: str) -> str:
        """What takes batches back is a job of its own."""
        own = replace(self.state, order=None)
        return WayBack(run=self.run, state=own, journals_kept=self.journals_kept).undo(job, None).job

    def resume(self, job_id: str, keys: Keys) -> ImportReceipt:
        """Go on with an import in batches whose process died; whoever had it cannot write any more."""
        with self.run() as run, self.state.owning() as owner:
            job = unfinished(self.state, job_id, run)
            record = self.state.ledger.drafts.get(job.draft_id or "")
            plan = self.state.ledger.plans.get(job.plan_id) if job.plan_id else None
            request = summary_of(plan).request if plan else msgspec.convert(record.request, ImportRequest)
            if not request.batch_size:
                settle(self.state, run)
                raise at_work(unfinished(self.state, job_id, run))
            job = self.state.order or self.state.ledger.jobs.take_over(job, owner)
            draft = self._draft(record, request, run, keys, None)
            recalling = replace(run, recall=recalled(self.state, job) or self.memory(run).recall)
            return self._in_batches(job, with_packed(request, draft.packed), recalling, draft, plan)
