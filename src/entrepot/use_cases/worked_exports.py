"""Exports that a worker makes."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from entrepot.adapters import Adapters
from entrepot.jobs.exported import ROOM, as_written, drop_kept, fence, keep, stands, take_back
from entrepot.jobs.orders.requests import ExportOrder, read_back
from entrepot.jobs.schedules.configured import BY_DEFAULT
from entrepot.jobs.worker.fabric import drop_parts
from entrepot.jobs.worker.running import Attempt
from entrepot.ledger.orders import other_database
from entrepot.model.audit import Action
from entrepot.model.receipts import Receipt
from entrepot.model.records import Document, JobRecord, Status
from entrepot.quota import fits, limited, quota_of
from entrepot.storage.bounds import BoundedDisk
from entrepot.storage.disk import PassingDisk
from entrepot.use_cases.auditing import Told, recorded
from entrepot.use_cases.exports import Exports
from entrepot.use_cases.worked_parts import fan_of


def export_settled(attempt: Attempt, _adapters: Adapters) -> bool:
    state, job = attempt.state, attempt.job
    drop_kept(state, job)
    drop_parts(state, job)
    promise = state.ledger.jobs.get(job.id).receipt  # it may have come between a look and the taking-over
    if promise is None:
        return False
    fence(promise)
    if stands(promise):
        receipt = {name: told for name, told in promise.items() if name != ROOM}
        state.ledger.jobs.finish(job, Status.COMPLETED, receipt=receipt)
        return True
    if not read_back(ExportOrder, attempt.order.request).options.overwrite:
        take_back(promise)
    return False


def export(attempt: Attempt, adapters: Adapters) -> None:
    order = read_back(ExportOrder, attempt.order.request)
    what, facts = ", ".join(order.selection.entities), {"job": attempt.job.id, "tenant": order.selection.tenant}
    with recorded(adapters, Action.EXPORT, order.to, what, **facts) as told:
        if order.to is None:
            receipt = _kept(order, adapters, attempt, told)
        else:
            exports = Exports(
                adapters=adapters,
                fan=fan_of(attempt, adapters),
                promise=partial(_promise, attempt),
                meant=partial(_must_be, adapters, attempt.job),
            )
            outcome = told(exports.export(order.to, order.selection, order.named, order.options))
            receipt = as_written(outcome.path, outcome.receipt_path, outcome.receipt)
    attempt.finish(attempt.job, Status.COMPLETED, receipt=receipt)


def _kept(order: ExportOrder, adapters: Adapters, attempt: Attempt, told: Told) -> Document:
    lasting = adapters.loaded.settings.retention.exports
    quota = quota_of(adapters.loaded.settings, adapters.principal)
    state = limited(attempt.state, quota)
    with state.artifacts.room(attempt.job.id) as room:
        disk = BoundedDisk(PassingDisk(), fits(state.ledger, quota))
        meant = partial(_must_be, adapters, attempt.job)
        exports = Exports(adapters=adapters, kept=True, disk=disk, fan=fan_of(attempt, adapters), meant=meant)
        outcome = told(exports.export(f"{room}/files/", order.selection, order.named, order.options))
        attempt.reporter.phase("Storing the files")
        keep(state, attempt.job, outcome, lasting)
    return as_written(None, None, outcome.receipt)


def _must_be(adapters: Adapters, job: JobRecord, found: str) -> None:
    """A schedule of the settings names the database as they do: whatever it is by then is meant."""
    by_name = {BY_DEFAULT, *adapters.loaded.settings.databases}
    if job.database != found and job.database not in by_name:
        raise other_database(job, found)


def _promise(attempt: Attempt, path: Path, receipt_path: Path, room: Path, receipt: Receipt) -> None:
    promised = {**as_written(path, receipt_path, receipt), ROOM: str(room)}
    attempt.state.ledger.jobs.promise(attempt.job, promised)
