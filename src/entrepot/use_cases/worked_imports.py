"""Imports, copies and undos that a worker carries out."""

from __future__ import annotations

from contextlib import AbstractContextManager

from entrepot.adapters import Adapters
from entrepot.jobs.durable import document
from entrepot.jobs.orders.given import drop, laid_out
from entrepot.jobs.orders.requests import CopyOrder, ImportOrder, UndoOrder, is_copy, read_back
from entrepot.jobs.resuming import is_in_batches
from entrepot.jobs.worker.running import Attempt
from entrepot.model.audit import Action
from entrepot.model.bundles import BundlePlan, BundleRequest
from entrepot.model.plans import ImportPlan
from entrepot.model.records import Document, Status
from entrepot.storage.keys import Keys
from entrepot.storage.work import work_folder
from entrepot.use_cases.auditing import Told, recorded
from entrepot.use_cases.copies import Copies, CopyRequest
from entrepot.use_cases.imports import Imports
from entrepot.use_cases.orderable import settled


def change_settled(attempt: Attempt, adapters: Adapters) -> bool:
    """The mark beside the data says it."""
    return settled(Imports(adapters=adapters), attempt.job)


def nothing_settled(_attempt: Attempt, _adapters: Adapters) -> bool:
    """A preview writes nothing."""
    return False


def bring_in(attempt: Attempt, adapters: Adapters) -> None:
    imports, request = Imports(adapters=adapters), attempt.order.request
    if attempt.state.ledger.units.of_job(attempt.job.id) and is_in_batches(attempt.state, attempt.job):
        with _recorded(attempt, adapters, Action.RESUME, attempt.job.id) as told:
            told(imports.resume(attempt.job.id, Keys()))
    elif is_copy(request):
        order = read_back(CopyOrder, request)
        with _recorded(attempt, adapters, Action.COPY, order.source) as told:
            told(Copies(adapters=adapters).copy(_copy_of(order)))
    else:
        _bring_in(attempt, read_back(ImportOrder, request), adapters)


def _bring_in(attempt: Attempt, order: ImportOrder, adapters: Adapters) -> None:
    imports, keys = Imports(adapters=adapters), Keys()
    if order.plan is not None:
        with _recorded(attempt, adapters, Action.APPLY, order.plan) as told:
            told(imports.apply(order.plan, keys, None, order.confirm_deletes))
        drop(attempt.state, order.files)
        return
    with _recorded(attempt, adapters, Action.IMPORT, _names(order)) as told, work_folder() as work:
        files = laid_out(attempt.state, order.files, work)
        if order.one is not None:
            told(imports.bring_in(files[0], order.one, keys, alone=order.alone))
        else:
            told(imports.bring_in_all(files, order.several or BundleRequest(), keys))
    drop(attempt.state, order.files)


def preview(attempt: Attempt, adapters: Adapters) -> None:
    """It is ready then, and waits for nobody: carrying the plan out is a job of its own."""
    plan = _previewed(attempt, adapters)
    attempt.finish(attempt.job, Status.READY, receipt=_in_short(plan))


def _previewed(attempt: Attempt, adapters: Adapters) -> ImportPlan | BundlePlan:
    imports, keys, request = Imports(adapters=adapters), Keys(), attempt.order.request
    attempt.state.ledger.jobs.advance(attempt.job, Status.VALIDATING, "")
    if is_copy(request):
        copy = read_back(CopyOrder, request)
        with _recorded(attempt, adapters, Action.COPY_PREVIEW, copy.source) as told:
            return told(Copies(adapters=adapters).preview(_copy_of(copy)))
    order = read_back(ImportOrder, request)
    with _recorded(attempt, adapters, Action.PREVIEW, _names(order)) as told, work_folder() as work:
        files = laid_out(attempt.state, order.files, work)
        if order.one is not None:
            plan = told(imports.preview(files[0], order.one, keys, alone=order.alone))
        else:
            plan = told(imports.preview_all(files, order.several or BundleRequest(), keys))
    if not order.borrowed:
        drop(attempt.state, order.files)
    return plan


def undo(attempt: Attempt, adapters: Adapters) -> None:
    order = read_back(UndoOrder, attempt.order.request)
    with _recorded(attempt, adapters, Action.UNDO, order.job) as told:
        told(Imports(adapters=adapters).undo(order.job, order.agreed))


def _recorded(attempt: Attempt, adapters: Adapters, action: Action, about: str) -> AbstractContextManager[Told]:
    return recorded(adapters, action, about, job=attempt.job.id, tenant=attempt.order.tenant)


def _names(order: ImportOrder) -> str:
    return ", ".join(file.name for file in order.files)


def _in_short(plan: ImportPlan | BundlePlan) -> Document:
    """The plan itself is kept as plans are."""
    return {"plan": plan.plan_id, "counts": document(plan.counts), "failed": plan.failed, "blocked": plan.blocked}


def _copy_of(order: CopyOrder) -> CopyRequest:
    return CopyRequest(
        source=order.source, selection=order.selection, named=order.named, asked=order.asked, errors_to=None
    )
