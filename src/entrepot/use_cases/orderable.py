"""What of an import, an apply or an undo can be said when it is submitted, and when it was tried before."""

from __future__ import annotations

from contextlib import suppress

from entrepot.exporting.select import find_entity
from entrepot.jobs import durable
from entrepot.jobs.orders.asking import order_of
from entrepot.model.errors import InputError
from entrepot.model.plans import ImportRequest
from entrepot.model.records import JobRecord, PlanRecord
from entrepot.state import State
from entrepot.use_cases.imports import Imports


def check_import(imports: Imports, request: ImportRequest) -> str:
    """Before a file is read. The database's identity."""
    with imports.way_in() as way:
        own = imports.own(request, way)
        catalog = imports.adapters.catalog()
        if own.entity and not own.corrects:
            find_entity(catalog, own.entity)
        return f"{catalog.engine}:{catalog.database}"


def check_plan(imports: Imports, plan_id: str) -> PlanRecord:
    """That it may be carried out by whoever asks."""
    with imports.way_in() as way:
        imports.check_own(way, plan_id)
        return way.state.ledger.plans.usable(plan_id)


def check_undo(imports: Imports, job: str) -> tuple[str, str | None]:
    """The database's identity, and for whom it was brought in."""
    with imports.way_back() as way:
        found = way.state.ledger.jobs.get(job)
        return found.database, _tenant(way.state, found)


def _tenant(state: State, job: JobRecord) -> str | None:
    """None: for nobody in particular, or nobody knows any more."""
    order = order_of(state, job.id)
    if order is not None:
        return order.tenant
    if job.undoes is not None:
        return _tenant(state, state.ledger.jobs.get(job.undoes))
    with suppress(InputError):  # what was asked for is not kept any more
        return state.ledger.drafts.get(job.draft_id).request.get("tenant") if job.draft_id else None
    return None


def settled(imports: Imports, job: JobRecord) -> bool:
    """Whether an attempt before this one did what was ordered; its end is on record then."""
    with imports.adapters.state() as state, imports.run() as run:
        return durable.settled(state, job, run)
