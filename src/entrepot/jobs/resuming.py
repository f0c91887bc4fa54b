"""Imports in batches whose process died: who may take them up."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from entrepot.importing.notes import ENTITY, REMEMBERED
from entrepot.importing.request import Run
from entrepot.jobs.orders.requests import IMPORT, ImportOrder, is_copy, read_back
from entrepot.model.changes import Mark
from entrepot.model.errors import ChangedError, InputError
from entrepot.model.records import JobRecord, Status
from entrepot.state import State

HAPPENED = frozenset({Status.COMPLETED, Status.PARTIAL})


def unfinished(state: State, job_id: str, run: Run) -> JobRecord:
    """One of this database that somebody may still bring to its end."""
    job = state.ledger.jobs.get(job_id)
    if job.kind != "import":
        raise InputError("not_an_import", f"{job.id} is no import.", remedy="Name an import that was not finished.")
    if job.database != run.identity:
        raise InputError("other_database", f"{job.id} is into {job.database}.", remedy="Name that database: --db.")
    if job.status.final:
        raise ChangedError(
            "job_finished",
            f"{job.id} is finished: {job.status.value}. Nothing was written this time.",
            remedy="Begin a new import, if there is something left to do.",
        )
    must_stand(state, job, run)
    return job


def must_stand(state: State, job: JobRecord, run: Run) -> None:
    """What was taken back is nothing that more could be added to."""
    for undo in state.ledger.jobs.undone_by(job.id):
        if happened(undo, run):
            raise InputError(
                "import_undone", f"{job.id} was taken back, by {undo.id}.", remedy="Import the whole file again."
            )


def happened(job: JobRecord, run: Run) -> bool:
    """Of a process that died only the mark beside the data knows."""
    return job.status in HAPPENED or run.engine.was_applied(Mark(job=job.id))


def at_work(job: JobRecord) -> ChangedError:
    return ChangedError(
        "job_at_work",
        f"{job.id} brings everything in by one transaction, and its process is still at work.",
        remedy="Wait until it is done, or end it.",
    )


def recalled(state: State, job: JobRecord) -> Callable[[str, Sequence[str]], Mapping[str, str]] | None:
    """What was remembered of the columns when the job began; None if it wrote nothing yet. Each of several tables
    has its own."""
    units = [unit.facts for unit in state.ledger.units.of_job(job.id)]
    known = {facts.get(ENTITY): facts[REMEMBERED] for facts in reversed(units)}
    return (lambda entity, columns: known.get(entity) or units[0][REMEMBERED]) if units else None


def is_in_batches(state: State, job: JobRecord) -> bool:
    if job.draft_id is None:
        return False
    try:
        return bool(state.ledger.drafts.get(job.draft_id).request.get("batch_size"))
    except InputError:
        return _ordered_in_batches(state, job)


def _ordered_in_batches(state: State, job: JobRecord) -> bool:
    """Its draft was cleaned up; what was submitted still says how."""
    try:
        order = state.ledger.orders.get(job.id)
    except InputError:
        return False
    if job.kind != IMPORT or is_copy(order.request):
        return False
    asked = read_back(ImportOrder, order.request)
    requests = [asked.one, *((asked.several.each, *asked.several.tables.values()) if asked.several else ())]
    return any(request is not None and request.batch_size for request in requests)


def goes_on(state: State, job: JobRecord, applied: Callable[[int], bool]) -> bool:
    """Whether some of its batches stand, behind which somebody can go on."""
    return is_in_batches(state, job) and any(applied(unit.unit) for unit in state.ledger.units.of_job(job.id))


def may_stand(state: State, job: JobRecord) -> bool:
    """Whether some of its batches may be there, as far as the ledger knows: not if all were taken back for good."""
    if not is_in_batches(state, job) or not state.ledger.units.of_job(job.id):
        return False
    back = [it for it in state.ledger.jobs.undone_by(job.id) if it.status is Status.COMPLETED]
    return all(_undone(state, it) for it in back)


def _undone(state: State, undo: JobRecord) -> bool:
    return any(it.status in HAPPENED for it in state.ledger.jobs.undone_by(undo.id))
