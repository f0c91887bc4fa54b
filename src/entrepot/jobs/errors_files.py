"""Errors files on their way out of an import: kept as long as its journal, and given to whoever asks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import msgspec

from entrepot.model.errors import InputError
from entrepot.model.failing import ErrorsFile
from entrepot.model.plans import ImportPlan
from entrepot.model.records import ArtifactRecord, JobRecord
from entrepot.state import State
from entrepot.storage.copies import copy_out

FAILED_ROWS = "failed_rows"


@dataclass(frozen=True, kw_only=True)
class KeptErrors:
    """Fulfils `model.failing.KeepsErrors`."""

    state: State
    lasting: timedelta
    job: JobRecord | None = None
    """None: of a preview."""
    to: Path | None = None
    """Where somebody wants it besides."""

    def __call__(self, file: ErrorsFile) -> str:
        store = self.state.artifacts
        with store.receive(FAILED_ROWS, file.name) as incoming:
            for block in file.blocks:
                incoming.write(block)
        record = self.state.record(incoming.stored, file.media_type, lasting=self.lasting, job=self.job)
        if self.to is not None:
            copy_out(store.path(record.id), self.to)
        return record.id


def errors_of(state: State, plan_or_job: str) -> ArtifactRecord:
    """The last one of a plan or a job."""
    if plan_or_job.startswith("plan"):
        plan = msgspec.convert(state.ledger.plans.get(plan_or_job).summary, ImportPlan)
        found = (state.ledger.artifacts.get(plan.failed_rows),) if plan.failed_rows else ()
    else:
        found = state.ledger.artifacts.of_job(state.ledger.jobs.get(plan_or_job).id, FAILED_ROWS)
    if not found:
        raise InputError(
            "no_errors_file",
            f"There is no errors file of {plan_or_job}: no record failed, or it has expired.",
            remedy="Make a new preview of the file.",
        )
    return found[-1]


def give_errors(state: State, plan_or_job: str, to: Path) -> Path:
    """Into a file that must not exist; a folder gets one under its own name."""
    record = errors_of(state, plan_or_job)
    target = to / record.name if to.is_dir() else to
    copy_out(state.artifacts.verify(record), target)
    return target
