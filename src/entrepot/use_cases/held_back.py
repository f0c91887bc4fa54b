"""Jobs that were submitted and are held: looked at as often as somebody wants, and started once."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from entrepot.adapters import Adapters
from entrepot.config.queues import queue_for
from entrepot.jobs.orders.asking import LOOK, OF_THE_FILE, was_looked_at
from entrepot.jobs.orders.requests import IMPORT, PREVIEW, ImportOrder, is_copy, read_back, written
from entrepot.model.bundles import BundlePlan
from entrepot.model.errors import ChangedError
from entrepot.model.orders import HELD, JobView, OrderRecord
from entrepot.model.plans import ImportPlan
from entrepot.model.records import JobRecord, Status
from entrepot.use_cases.imports import Imports
from entrepot.use_cases.inquiries import Inquiries, wake_for
from entrepot.use_cases.orderable import check_plan
from entrepot.use_cases.submissions import Manner, Submissions


@dataclass(frozen=True, kw_only=True)
class HeldBack:
    adapters: Adapters

    def start(self, id: str, queue: str | None) -> JobRecord:
        """One that was started before, or is over, stays as it is."""
        with self.adapters.state() as state:
            looked_at = was_looked_at(state, id)  # before the look itself is looked for: it may come in between
            view = Inquiries(adapters=self.adapters).job(id)
            if view.order is not None and is_held(view):
                planned = self._planned(view, looked_at)
                named = queue_for(view.job.kind, view.order.tenant, queue, self.adapters.loaded)
                with suppress(ChangedError):  # somebody was quicker, or it was cancelled
                    state.ledger.held.start(view.job, named, **planned)
                wake_for(self.adapters, state)
            return state.ledger.jobs.get(id)

    def look(self, id: str, manner: Manner) -> JobRecord:
        """The job that tells what this one would do; it is started with that plan then. One that is a look itself is
        started, or tells what it found."""
        view = Inquiries(adapters=self.adapters).job(id)
        if view.job.kind == PREVIEW:
            return self.start(id, manner.queue)
        if view.order is None or not is_held(view) or not _has_files(view.job, view.order):
            raise ChangedError(
                "not_held",
                f"{id} is {view.job.status.value}; only an import of files that waits to be started can be looked at.",
                remedy="Submit it anew, and hold it.",
            )
        look = Submissions(adapters=self.adapters, manner=manner).look(view.job, view.order)
        with self.adapters.state() as state:
            state.ledger.events.add(view.job, LOOK, {"job": look.id})
        return look

    def _planned(self, view: JobView, looked_at: bool) -> dict[str, Any]:
        """What was seen is what happens. If the look found the file itself wrong, so will the import, and say why."""
        look = view.look
        if view.order is None or (_is_refused(look) if look is not None else not looked_at):
            return {}
        if look is None or look.status in (Status.FAILED, Status.CANCELLED):
            raise ChangedError(
                "look_again",
                f"What {view.job.id} would do is not known: the last look at it came to nothing, or is forgotten.",
                remedy="Look at it again, and start it then.",
            )
        if look.status is not Status.READY or look.receipt is None:
            raise ChangedError(
                "still_looking", f"{look.id} still looks what {view.job.id} would do.", remedy="Wait until it is ready."
            )
        imports = Imports(adapters=self.adapters)
        plan = check_plan(imports, look.receipt["plan"])
        return {"plan": plan, "request": _applying(view.order, imports.plan(plan.id))}


def is_held(view: JobView) -> bool:
    return view.order is not None and view.order.queue == HELD and not view.job.status.final


def _has_files(job: JobRecord, order: OrderRecord) -> bool:
    """What is planned already was looked at."""
    return job.kind == IMPORT and not is_copy(order.request) and order.request.get("plan") is None


def _is_refused(look: JobRecord) -> bool:
    return look.error is not None and look.error.get("exit_code") in OF_THE_FILE


def _applying(held: OrderRecord, plan: ImportPlan | BundlePlan) -> dict[str, Any]:
    """The files stay with it until it is done, and how it was asked for is still known when the plan is gone. Who knew
    how many rows will be deleted said so when asking."""
    return written(replace(read_back(ImportOrder, held.request), plan=plan.plan_id, confirm_deletes=plan.confirmed))
