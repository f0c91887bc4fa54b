"""Imports as people ask for them: a file becomes a draft, a draft a plan, a plan a job with its receipt.

What a job did must be known afterwards whatever happened to this process, so the ledger hears of every step before it
is taken, and the mark beside the data says whether the last one was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from entrepot.importing.apply import apply
from entrepot.importing.first_page import FirstPage, tell_first_page
from entrepot.importing.holding import must_hold
from entrepot.importing.look import look
from entrepot.importing.prepare import checked_entity
from entrepot.importing.request import Draft, Run
from entrepot.jobs.batched import Batches
from entrepot.jobs.corrected import request_for, with_original
from entrepot.jobs.durable import MEDIA_TYPE, document, keeping, settle, working
from entrepot.jobs.errors_files import KeptErrors
from entrepot.jobs.mapping_memory import MappingMemory
from entrepot.jobs.recorded_plans import names_of, state_of, summary_of
from entrepot.jobs.repeated import once
from entrepot.jobs.resuming import at_work, recalled, unfinished
from entrepot.jobs.unpacking import with_packed, with_table
from entrepot.jobs.way_back import WayBack
from entrepot.ledger.records import unknown_id
from entrepot.model.drafts import Decision
from entrepot.model.plans import DraftFile, ImportPlan, ImportReceipt, ImportRequest
from entrepot.model.records import DraftRecord, JobRecord, PlanRecord, Status
from entrepot.state import State
from entrepot.storage.keys import Keys
from entrepot.storage.opening import plain_file
from entrepot.storage.there import is_file, not_there

PLAN_DAYS = 7
DRAFT = "draft"
PLACE = "place"
"""Where the file lay, in what a draft remembers: a locked key lies beside it."""


@dataclass(frozen=True, kw_only=True)
class WayIn:
    run: Callable[[], AbstractContextManager[Run]]
    """Everything an import works with, with a private folder that is gone afterwards."""
    state: State
    drafts_kept: timedelta
    journals_kept: timedelta
    """How long the file of an import that was done is kept."""
    now: Callable[[], datetime]
    errors_to: Path | None = None
    """Where somebody wants the errors file."""

    def preview(self, file: Path, request: ImportRequest, keys: Keys, first: FirstPage | None = None) -> ImportPlan:
        """Keep the file, and say what would become of every record. `first` hears of the first of many sooner."""
        with self._begun() as begun:
            request, run = self._asked(request, begun)
            if first is not None:
                tell_first_page(file, request, run, first)
            record = self._drafted(file, request, run)
            draft = self._draft(record, request, run, keys, file)
            request = with_packed(request, draft)
            return self._kept(look(draft, request, self._noting(run)), record)

    def plan(self, plan_id: str) -> ImportPlan:
        """One that was made before, and what became of it."""
        kept = self.state.ledger.plans.get(plan_id)
        return replace(summary_of(kept), state=state_of(kept, self.state, self.now()))

    def request_of(self, plan_or_job: str) -> ImportRequest:
        """What was asked for."""
        if plan_or_job.startswith("plan"):
            return self.plan(plan_or_job).request
        found = self.state.ledger.jobs.get(plan_or_job)
        if found.draft_id is None:
            raise unknown_id("job", plan_or_job)
        return msgspec.convert(self.state.ledger.drafts.get(found.draft_id).request, ImportRequest)

    def bring_in(self, file: Path, request: ImportRequest, keys: Keys) -> ImportReceipt:
        """Without showing a plan first."""
        with self._begun() as begun:
            request, run = self._asked(request, begun)
            record = self._drafted(file, request, run)
            draft = self._draft(record, request, run, keys, file)
            return self._job(record, with_packed(request, draft), run, draft, None)

    def apply(self, plan_id: str, keys: Keys) -> ImportReceipt:
        """What was planned, exactly; ChangedError `plan_drifted` if it would be something else by now."""
        kept = self.state.ledger.plans.usable(plan_id)
        with self._begun() as run:
            plan = summary_of(kept)
            must_hold(plan, run.catalog)
            record = self.state.ledger.drafts.get(kept.draft_id)
            draft = self._draft(record, plan.request, run, keys, None)
            with once(self.state, kept):
                return self._job(record, plan.request, run, draft, kept)

    @contextmanager
    def _begun(self) -> Iterator[Run]:
        """Whatever dead processes left open is settled first."""
        with self.run() as run:
            settle(self.state, run.engine, run.identity)
            yield run

    def _asked(self, request: ImportRequest, run: Run) -> tuple[ImportRequest, Run]:
        """With what is saved and remembered; what cannot be is refused before the file is read."""
        request = self._memory(run).with_saved(request_for(self.state, request))
        checked_entity(request, run)
        return request, self._recalling(run, request)

    def _drafted(self, file: Path, request: ImportRequest, run: Run) -> DraftRecord:
        """The file as it is now, whatever becomes of it later."""
        if not is_file(file):
            raise not_there(file)
        run.reporter.phase(f"Taking a copy of {file.name}")
        stored = self.state.store(file, DRAFT, MEDIA_TYPE, name=file.name, lasting=self.drafts_kept)
        asked = {**document(request), PLACE: str(file.absolute())}
        return self.state.ledger.drafts.add(stored, request=asked)

    def _draft(self, record: DraftRecord, request: ImportRequest, run: Run, keys: Keys, given: Path | None) -> Draft:
        """Plain, and proven to be the bytes that were taken."""
        stored = self.state.ledger.artifacts.get(record.artifact_id)
        path = self.state.artifacts.verify(stored) if given is None else self.state.artifacts.path(stored.id)
        plain = plain_file(path, run.work, keys, given=given or Path(record.request.get(PLACE, record.name)))
        draft = Draft(path=plain, file=DraftFile(name=record.name, bytes=record.bytes, sha256=record.sha256))
        if request.corrects:
            return with_original(self.state, draft, request, run, keys)
        return with_table(draft, request, run.work, keys, known=given is None)

    def _memory(self, run: Run) -> MappingMemory:
        return MappingMemory(state=self.state, catalog=lambda: run.catalog)

    def _recalling(self, run: Run, request: ImportRequest) -> Run:
        """The columns of a correction go where they went when its import began."""
        then = recalled(self.state, self.state.ledger.jobs.get(request.corrects)) if request.corrects else None
        return replace(run, recall=then or self._memory(run).recall)

    def _noting(self, run: Run, job: JobRecord | None = None) -> Run:
        """Failed records are kept as long as what was done can be undone."""
        kept = KeptErrors(state=self.state, lasting=self.journals_kept, job=job, to=self.errors_to)
        if job is None:
            return replace(run, keep_errors=kept)
        units = self.state.ledger.units
        return replace(run, keep_errors=kept, note=lambda facts, unit: units.note(job, unit, facts))

    def _kept(self, plan: ImportPlan, record: DraftRecord) -> ImportPlan:
        kept = self.state.ledger.plans.add(
            record.id,
            database=f"{plan.engine}:{plan.database}",
            digest=plan.digest,
            summary=document(plan),
            expires_at=self.now() + timedelta(days=PLAN_DAYS),
        )
        return replace(plan, plan_id=kept.id, state=state_of(kept, self.state, self.now()))

    def _job(
        self, record: DraftRecord, request: ImportRequest, run: Run, draft: Draft, plan: PlanRecord | None
    ) -> ImportReceipt:
        jobs, agreed = self.state.ledger.jobs, summary_of(plan) if plan else None

        def begin(owner: str) -> JobRecord:
            return jobs.begin(
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
        with working(self.state, begin, f"Importing {record.name}", run.engine) as job:
            receipt = apply(
                draft,
                request,
                self._noting(run, job),
                job=job.id,
                keep=keeping(self.state, job, self.journals_kept),
                agreed=agreed,
                once=names_of(draft, plan),
                ready=lambda receipt: jobs.promise(job, document(receipt)),
            )
            return self._finished(job, request, run, receipt)

    def _finished(self, job: JobRecord, request: ImportRequest, run: Run, receipt: ImportReceipt) -> ImportReceipt:
        self._keep_drafts(job, request)
        partial = receipt.counts.get(Decision.FAILED, 0) > 0
        status = Status.PARTIAL if partial else Status.COMPLETED
        self.state.ledger.jobs.finish(job, status, receipt=document(receipt))
        self._memory(run).remember(request, receipt)
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
        noting = self._noting(run, job)
        batches = Batches(state=self.state, job=job, run=noting, lasting=self.journals_kept)
        way = WayBack(run=self.run, state=self.state, journals_kept=self.journals_kept)
        agreed = summary_of(plan) if plan else None
        receipt = batches.carried(draft, request, agreed, names_of(draft, plan), lambda job: way.undo(job, None).job)
        return self._finished(job, request, run, receipt)

    def resume(self, job_id: str, keys: Keys) -> ImportReceipt:
        """Go on with an import in batches whose process died; whoever had it cannot write any more."""
        with self.run() as run, self.state.owning() as owner:
            job = unfinished(self.state, job_id, run)
            record = self.state.ledger.drafts.get(job.draft_id or "")
            plan = self.state.ledger.plans.get(job.plan_id) if job.plan_id else None
            request = summary_of(plan).request if plan else msgspec.convert(record.request, ImportRequest)
            if not request.batch_size:
                settle(self.state, run.engine, run.identity)
                raise at_work(unfinished(self.state, job_id, run))
            job = self.state.ledger.jobs.take_over(job, owner)
            draft = self._draft(record, request, run, keys, None)
            recalling = replace(run, recall=recalled(self.state, job) or self._memory(run).recall)
            return self._in_batches(job, with_packed(request, draft), recalling, draft, plan)
