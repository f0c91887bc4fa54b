"""Several tables as one import: a draft for each, one plan, one job, one receipt."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TypeVar

import msgspec

from entrepot.importing.bundles.look import look
from entrepot.importing.bundles.parts import Part
from entrepot.importing.holding import must_hold
from entrepot.importing.mirroring.guards import all_confirmed, must_be_confirmed
from entrepot.importing.request import Draft, Run
from entrepot.jobs.bundle_jobs import BundleJobs, keeping
from entrepot.jobs.corrected import root_of
from entrepot.jobs.corrected_tables import CorrectedTables, correction_of, planned_corrections
from entrepot.jobs.drafted_tables import drafted
from entrepot.jobs.durable import settle
from entrepot.jobs.given import Given, room
from entrepot.jobs.made import Making
from entrepot.jobs.planned_parts import begun_parts, planned_parts
from entrepot.jobs.recorded_plans import bundle_of, is_bundle, state_of
from entrepot.jobs.repeated import once
from entrepot.jobs.resuming import at_work, is_in_batches, unfinished
from entrepot.jobs.tables import Going, files_in, going, sources_of, tables_of
from entrepot.jobs.way_in import WayIn
from entrepot.jobs.without_records import records_in
from entrepot.ledger.records import unknown_id
from entrepot.model.bench import Bench
from entrepot.model.bundles import BundlePlan, BundleReceipt, BundleRequest
from entrepot.model.import_receipts import ImportReceipt
from entrepot.model.plans import ImportPlan, ImportRequest
from entrepot.model.records import DraftRecord
from entrepot.storage.keys import Keys

Outcome = TypeVar("Outcome")
Carried = Callable[[DraftRecord, ImportRequest, Run, Draft], Outcome]
Together = Callable[[Sequence[Part], Sequence[DraftRecord], Run, Bench], Outcome]
Choose = Callable[[Run, Bench], Sequence[Going]]
"""Takes what comes, and says where each table goes."""


@dataclass(frozen=True, kw_only=True)
class Bundles:
    """A single table that comes this way is imported as one."""

    way: WayIn

    def preview(self, files: Sequence[Path], asked: BundleRequest, keys: Keys) -> ImportPlan | BundlePlan:
        if asked.each.corrects:
            return self._correcting(files, asked, keys, self._looked_at)
        return self.looked_at(partial(self._chosen, files, asked, keys))

    def bring_in(self, files: Sequence[Path], asked: BundleRequest, keys: Keys) -> ImportReceipt | BundleReceipt:
        if asked.each.corrects:
            return self._correcting(files, asked, keys, self._carried_out)
        return self.carried_out(partial(self._chosen, files, asked, keys))

    def preview_one(
        self, file: Path, request: ImportRequest, keys: Keys, *, alone: bool = False
    ) -> ImportPlan | BundlePlan:
        """With the parents that are to be made; `alone`: there must be none."""
        if request.corrects:
            asked = None if alone else correction_of(self.way.state, file, request)
            return self.preview([file], asked, keys) if asked else self.way.preview(file, request, keys)
        return self.looked_at(partial(Given(way=self.way, keys=keys).one_table, file, request), alone=alone)

    def bring_in_one(
        self, file: Path, request: ImportRequest, keys: Keys, *, alone: bool = False
    ) -> ImportReceipt | BundleReceipt:
        if request.corrects:
            asked = None if alone else correction_of(self.way.state, file, request)
            return self.bring_in([file], asked, keys) if asked else self.way.bring_in(file, request, keys)
        return self.carried_out(partial(Given(way=self.way, keys=keys).one_table, file, request), alone=alone)

    def looked_at(self, choose: Choose, *, alone: bool = False) -> ImportPlan | BundlePlan:
        with self.way.begun() as run, run.bench() as bench:
            chosen = Making(way=self.way, run=run).with_parents(choose(run, bench), alone=alone)
            if len(chosen) == 1:
                return self._alone(chosen[0], run, bench, self.way.looked_at)
            return self._looked_at(*drafted(self.way, chosen, run), run, bench)

    def carried_out(self, choose: Choose, *, alone: bool = False) -> ImportReceipt | BundleReceipt:
        with self.way.begun() as run, run.bench() as bench:
            chosen = Making(way=self.way, run=run).with_parents(choose(run, bench), alone=alone)
            if len(chosen) == 1:
                return self._alone(chosen[0], run, bench, self._at_once)
            return self._carried_out(*drafted(self.way, chosen, run), run, bench)

    def _looked_at(self, parts: Sequence[Part], records: Sequence[DraftRecord], run: Run, bench: Bench) -> BundlePlan:
        plan = look(keeping(self.way, parts, None), run, bench)
        kept = self.way.kept(plan, records[0].id)
        return replace(plan, plan_id=kept.id, state=state_of(kept, self.way.state, self.way.now()))

    def _carried_out(
        self, parts: Sequence[Part], records: Sequence[DraftRecord], run: Run, bench: Bench
    ) -> BundleReceipt:
        return BundleJobs(way=self.way, parts=parts, run=run, bench=bench).carried_out(records[0].id)

    def _correcting(
        self, files: Sequence[Path], asked: BundleRequest, keys: Keys, carried: Together[Outcome]
    ) -> Outcome:
        """Errors files of an import of several tables."""
        with self.way.begun() as run, run.bench() as bench:
            root = root_of(self.way.state, asked.each.corrects or "")
            parts, records = CorrectedTables(way=self.way, run=run, keys=keys, root=root).given(files, asked)
            return carried(parts, records, run, bench)

    def plan(self, plan_id: str) -> ImportPlan | BundlePlan:
        kept = self.way.state.ledger.plans.get(plan_id)
        if not is_bundle(kept):
            return self.way.plan(plan_id)
        return replace(bundle_of(kept), state=state_of(kept, self.way.state, self.way.now()))

    def apply(self, plan_id: str, keys: Keys, confirm_deletes: int | None = None) -> ImportReceipt | BundleReceipt:
        kept = self.way.state.ledger.plans.usable(plan_id)
        if not is_bundle(kept):
            return self.way.apply(plan_id, keys, confirm_deletes)
        with self.way.begun() as run, run.bench() as bench:
            plan = bundle_of(kept)
            for part in plan.parts:
                must_hold(replace(part, plan_id=plan_id), run.catalog)
            must_be_confirmed(plan, confirm_deletes)
            plan = all_confirmed(plan, confirm_deletes)
            records = self.way.state.ledger.drafts.of_bundle(kept.draft_id)
            given = planned_corrections if plan.parts[0].request.corrects else planned_parts
            parts = given(self.way, plan, records, run, keys)
            with once(self.way.state, kept):
                jobs = BundleJobs(way=self.way, parts=parts, run=run, bench=bench, plan=kept)
                return jobs.carried_out(kept.draft_id)

    def resume(self, job_id: str, keys: Keys) -> ImportReceipt | BundleReceipt:
        """Go on with an import in batches whose process died; whoever had it cannot write any more."""
        state = self.way.state
        found = state.ledger.jobs.get(job_id)
        if found.draft_id is None or state.ledger.drafts.get(found.draft_id).bundle is None:
            return self.way.resume(job_id, keys)
        with self.way.run() as run, state.owning() as owner:
            job = unfinished(state, job_id, run)
            if not is_in_batches(state, job):
                settle(state, run)
                raise at_work(unfinished(state, job_id, run))
            plan = state.ledger.plans.get(job.plan_id) if job.plan_id else None
            job = state.order or state.ledger.jobs.take_over(job, owner)
            with run.bench() as bench:
                parts = begun_parts(self.way, job, bundle_of(plan) if plan else None, run, keys)
                return BundleJobs(way=self.way, parts=parts, run=run, bench=bench, plan=plan).in_batches(job)

    def requests_of(self, plan_or_job: str) -> tuple[ImportRequest, ...]:
        """What was asked for, of each table."""
        state = self.way.state
        if plan_or_job.startswith("plan"):
            plan = self.plan(plan_or_job)
            return tuple(part.request for part in plan.parts) if isinstance(plan, BundlePlan) else (plan.request,)
        found = state.ledger.jobs.get(plan_or_job)
        if found.draft_id is None:
            raise unknown_id("job", plan_or_job)
        drafts = state.ledger.drafts.of_bundle(found.draft_id)
        return tuple(msgspec.convert(draft.request, ImportRequest) for draft in drafts)

    def _chosen(self, files: Sequence[Path], asked: BundleRequest, keys: Keys, run: Run, bench: Bench) -> list[Going]:
        """The tables of all files that go somewhere."""
        with self.way.state.taking() as copies:
            found = enumerate(files_in(files), start=1)
            taking = Given(way=self.way, keys=keys)
            given = [taking.source(file, room(run, f"given-{number}"), run, copies) for number, file in found]
            reading = asked.each.reading
            counted = partial(records_in, bench=bench.part(0), said=reading)
            sources = [source for one in given for source in sources_of(one, run.work, keys, counted)]
            return going(list(tables_of(sources, bench, reading)), asked, run.catalog)

    def _alone(self, chosen: Going, run: Run, bench: Bench, carried: Carried[Outcome]) -> Outcome:
        """By the workbench that looked at the file."""
        source = chosen.table.source
        request, run = self.way.asked_alone(chosen.request, replace(run, bench=lambda: nullcontext(bench)))
        record = self.way.state.ledger.drafts.add(source.stored, request=source.remembered(request))
        return carried(record, request, run, source.draft(record))

    def _at_once(self, record: DraftRecord, request: ImportRequest, run: Run, draft: Draft) -> ImportReceipt:
        return self.way.carried_out(record, request, run, draft, None)
