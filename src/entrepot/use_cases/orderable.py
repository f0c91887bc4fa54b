"""What of an import, an apply or an undo can be said when it is submitted, and when it was tried before."""

from __future__ import annotations

from entrepot.exporting.select import find_entity
from entrepot.jobs import durable
from entrepot.model.plans import ImportRequest
from entrepot.model.records import JobRecord, PlanRecord
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


def check_undo(imports: Imports, job: str) -> str:
    with imports.way_back() as way:
        return way.state.ledger.jobs.get(job).database


def settled(imports: Imports, job: JobRecord) -> bool:
    """Whether an attempt before this one did what was ordered; its end is on record then."""
    with imports.adapters.state() as state, imports.run() as run:
        return durable.settled(state, job, run)
