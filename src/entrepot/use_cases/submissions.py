"""Submissions for all faces: what is asked for is looked at, and written down for a worker."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from entrepot.access.permissions import bound_tenant, is_bound
from entrepot.adapters import Adapters
from entrepot.config.queues import queue_for
from entrepot.exporting.plan import ExportOptions
from entrepot.jobs.orders.asking import as_asked, still_bound
from entrepot.jobs.orders.bell import ring
from entrepot.jobs.orders.given import drop, kept, same
from entrepot.jobs.orders.places import Place, place_of, source_of
from entrepot.jobs.orders.requests import (
    CLEANUP,
    EXPORT,
    IMPORT,
    OWN_RECORDS,
    PREVIEW,
    UNDO,
    VERIFY,
    CleanupOrder,
    CopyOrder,
    ExportOrder,
    ImportOrder,
    UndoOrder,
    VerifyOrder,
    must_be_open,
    read_back,
    written,
)
from entrepot.jobs.recorded_plans import tenant_of
from entrepot.jobs.tables import files_in
from entrepot.model.bundles import BundleRequest
from entrepot.model.cleanup import CleanupRequest
from entrepot.model.errors import InputError
from entrepot.model.orders import HELD, OrderRecord, Wish
from entrepot.model.plans import ImportRequest
from entrepot.model.records import ArtifactRecord, Document, JobRecord, PlanRecord
from entrepot.model.selection import Selection
from entrepot.state import State
from entrepot.use_cases.copies import CopyRequest
from entrepot.use_cases.exports import Exports
from entrepot.use_cases.imports import Imports
from entrepot.use_cases.inquiries import Inquiries, wake_for
from entrepot.use_cases.orderable import check_import, check_plan, check_undo


@dataclass(frozen=True, kw_only=True)
class Manner:
    """How a job is to be done, whatever it is."""

    priority: int = 0
    """The lower, the sooner."""
    key: str | None = None
    """What makes asking twice asking once."""
    time_limit: int | None = None
    """In seconds."""
    queue: str | None = None
    """Which workers may take it: those that listen to that queue; None: what the settings say, or `default`."""
    wake: bool = True
    """Start a worker if none lives; otherwise somebody runs one."""
    held: bool = False
    """It waits until `start_job`, which says the queue, so that it can still be looked at, or cancelled."""


@dataclass(frozen=True, kw_only=True)
class Submissions:
    adapters: Adapters
    manner: Manner

    def export(self, to: str | Path | None, asked: Selection, named: str | None, options: ExportOptions) -> JobRecord:
        must_be_open(options)
        database = Exports(adapters=self.adapters).check(to, asked, named, options)
        where = None if to is None else _absolute(to, Path.cwd())
        order = ExportOrder(place=self._place(), to=where, selection=asked, named=named, options=options)
        return self._submit(EXPORT, written(order), database, asked.tenant)

    def bring_in(
        self, files: Sequence[Path], asked: ImportRequest | BundleRequest, *, look: bool, alone: bool
    ) -> JobRecord:
        """The files are kept first: whatever becomes of them, the job has them as they are now."""
        each = asked if isinstance(asked, ImportRequest) else asked.each
        database = check_import(Imports(adapters=self.adapters), each)
        order = ImportOrder(
            place=self._place(),
            one=asked if isinstance(asked, ImportRequest) else None,
            several=asked if isinstance(asked, BundleRequest) else None,
            alone=alone,
        )
        lasting = self.adapters.loaded.settings.retention.drafts
        with self.adapters.state() as state, state.taking() as taken:
            full = replace(order, files=kept(state, files_in(files), lasting, taken))
            job = self._submit(
                PREVIEW if look else IMPORT,
                written(full),
                database,
                each.tenant,
                same={**written(order), "files": same(full.files)},
                entity=each.entity or None,
            )
            self._drop_unless_new(state, job, full, taken)
        return job

    def _drop_unless_new(self, state: State, job: JobRecord, order: ImportOrder, taken: list[ArtifactRecord]) -> None:
        """One that was submitted before has files of its own."""
        if read_back(ImportOrder, state.ledger.orders.get(job.id).request).files != order.files:
            drop(state, order.files)
        taken.clear()

    def apply(self, plan_id: str, confirm_deletes: int | None) -> JobRecord:
        plan = check_plan(Imports(adapters=self.adapters), plan_id)
        order = ImportOrder(place=self._place(), plan=plan_id, confirm_deletes=confirm_deletes)
        return self._submit(IMPORT, written(order), plan.database, tenant_of(plan), plan=plan)

    def look(self, job: JobRecord, held: OrderRecord) -> JobRecord:
        """What one would do that is held; whose files stay with it. It sees what that one will see, whoever asks."""
        order = replace(read_back(ImportOrder, held.request), borrowed=True)
        asks = still_bound(held, as_asked(self.adapters.principal))
        return self._submit(PREVIEW, written(order), job.database, held.tenant, entity=job.entity, asks=asks)

    def copy(self, asked: CopyRequest, *, look: bool) -> JobRecord:
        database = check_import(Imports(adapters=self.adapters), asked.asked.each)
        order = CopyOrder(
            place=self._place(),
            source=source_of(asked.source, Path.cwd()),
            selection=asked.selection,
            named=asked.named,
            asked=asked.asked,
        )
        return self._submit(PREVIEW if look else IMPORT, written(order), database, asked.selection.tenant)

    def undo(self, job: str, agreed: str | None) -> JobRecord:
        database, tenant = check_undo(Imports(adapters=self.adapters), job)
        order = UndoOrder(place=self._place(), job=job, agreed=agreed)
        own = is_bound(self.adapters.principal)  # who may have named theirs in another way
        return self._submit(UNDO, written(order), database, None if own else tenant, undoes=job)

    def cleanup(self, asked: CleanupRequest) -> JobRecord:
        return self._submit(CLEANUP, written(CleanupOrder(place=self._place(), asked=asked)), OWN_RECORDS, None)

    def verify(self, job: str) -> JobRecord:
        """Whether there is one is told now, to those who may know."""
        view = Inquiries(adapters=self.adapters).job(job)
        order = VerifyOrder(place=self._place(), job=job)
        return self._submit(VERIFY, written(order), view.job.database, view.order.tenant if view.order else None)

    def _place(self) -> Place:
        return place_of(self.adapters.db, self.adapters.loaded, Path.cwd())

    def _submit(
        self,
        kind: str,
        request: Document,
        database: str,
        tenant: str | None,
        *,
        same: Document | None = None,
        entity: str | None = None,
        plan: PlanRecord | None = None,
        undoes: str | None = None,
        asks: Document | None = None,
    ) -> JobRecord:
        manner = self.manner
        _must_make_sense(manner)
        tenant = bound_tenant(self.adapters.principal, tenant)
        wish = Wish(
            kind=kind,
            request=request,
            database=database,
            entity=entity,
            plan_id=plan.id if plan else None,
            draft_id=plan.draft_id if plan else None,
            undoes=undoes,
            principal=asks or as_asked(self.adapters.principal),
            tenant=tenant,
            queue=HELD if manner.held else queue_for(kind, tenant, manner.queue, self.adapters.loaded),
            priority=manner.priority,
            key=manner.key,
            same=same,
            time_limit=manner.time_limit,
        )
        return self._written_down(wish)

    def _written_down(self, wish: Wish) -> JobRecord:
        with self.adapters.state() as state:
            job = state.ledger.orders.submit(wish)
            if not self.manner.held:
                self._call(state)
            return job

    def _call(self, state: State) -> None:
        if self.manner.wake:
            wake_for(self.adapters, state)
        else:
            ring(state.folder)


def _absolute(to: str | Path, home: Path) -> str:
    """A slash at the end says that it is a folder."""
    return str(home / to) + ("/" if str(to).endswith("/") else "")


def _must_make_sense(manner: Manner) -> None:
    if manner.time_limit is not None and manner.time_limit <= 0:
        raise InputError(
            "wrong_time_limit", f"A time limit of {manner.time_limit} seconds is none.", remedy="Give it more."
        )
    if manner.held and manner.queue is not None:
        raise InputError(
            "held_in_queue",
            f"A job that is held is in no queue, and '{manner.queue}' would be forgotten.",
            remedy="Name the queue when you start it: start_job(id, queue=…).",
        )
