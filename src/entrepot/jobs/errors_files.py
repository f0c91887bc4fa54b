"""Errors files on their way out of an import: kept as long as its journal, and given to whoever asks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from entrepot.importing.failed_rows import CSV, LINES, NOT_IN_NAMES
from entrepot.jobs.recorded_plans import bundle_of, is_bundle, summary_of
from entrepot.model.errors import InputError
from entrepot.model.failing import ErrorsFile
from entrepot.model.plans import ImportPlan
from entrepot.model.records import ArtifactRecord, JobRecord
from entrepot.state import State
from entrepot.storage.copies import copy_out, must_be_free

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
    is_folder: bool = False
    """Then it gets its own name there."""
    mark: str = ""
    """Tells its name from those of other tables."""

    def __call__(self, file: ErrorsFile) -> str:
        store = self.state.artifacts
        with store.receive(FAILED_ROWS, marked(file.name, self.mark)) as incoming:
            for block in file.blocks:
                incoming.write(block)
        record = self.state.record(incoming.stored, file.media_type, lasting=self.lasting, job=self.job)
        if self.to is not None:
            copy_out(store.path(record.id), self.to / record.name if self.is_folder else self.to)
        return record.id


def marked(name: str, mark: str) -> str:
    """
    >>> marked("x.failed.csv", "orders"), marked("x.failed.csv", "")
    ('x.orders.failed.csv', 'x.failed.csv')
    """
    before, _, ending = name.rpartition(".failed.")
    return f"{before}.{mark}.failed.{ending}" if mark else name


def marks_apart(names: Sequence[str], entities: Sequence[str]) -> list[str]:
    """What the names of errors files need besides: the entity, where two are alike; all of them, if that is not enough.

    >>> marks_apart(["x", "x", "y"], ["customers", "orders", "lines"])
    ['customers', 'orders', '']
    >>> marks_apart(["x", "X", "x.customers"], ["customers", "orders", "lines"])
    ['customers', 'orders', 'lines']
    """
    safe = [entity.translate(NOT_IN_NAMES) for entity in entities]
    alike = Counter(name.casefold() for name in names)
    marks = [mark if alike[name.casefold()] > 1 else "" for name, mark in zip(names, safe, strict=True)]
    whole = {f"{name}.{mark}".strip(".").casefold() for name, mark in zip(names, marks, strict=True)}
    return marks if len(whole) == len(names) else safe


def marks_of(names: Sequence[Sequence[str]], entities: Sequence[str]) -> list[str]:
    """Of tables that are several files: all of these have the mark that one of them needs.

    >>> marks_of([["x", "y"], ["x"]], ["customers", "orders"])
    ['customers', 'orders']
    """
    each = [(name, at) for at, some in enumerate(names) for name in some]
    marks = marks_apart([name for name, _ in each], [entities[at] for _, at in each])
    found = [""] * len(entities)
    for (_, at), mark in zip(each, marks, strict=True):
        found[at] = found[at] or mark
    return found


def must_be_free_for(folder: Path | None, name: str, mark: str) -> None:
    """What the records that fail would be written to, of whatever kind their file turns out to be."""
    if folder is not None:
        for ending, _ in (CSV, LINES):
            must_be_free(folder / marked(f"{name}.failed.{ending}", mark))


def errors_of(state: State, plan_or_job: str) -> tuple[ArtifactRecord, ...]:
    """Of each table the last one; each has a name of its own."""
    if plan_or_job.startswith("plan"):
        record = state.ledger.plans.get(plan_or_job)
        parts = bundle_of(record).parts if is_bundle(record) else (summary_of(record),)
        found = [state.ledger.artifacts.get(kept) for part in parts for kept in _kept(part)]
    else:
        found = list(state.ledger.artifacts.of_job(state.ledger.jobs.get(plan_or_job).id, FAILED_ROWS))
    if not found:
        raise InputError(
            "no_errors_file",
            f"There is no errors file of {plan_or_job}: no record failed, or it has expired.",
            remedy="Make a new preview of the file.",
        )
    return tuple({record.name: record for record in found}.values())


def _kept(part: ImportPlan) -> list[str]:
    ids = [share.failed_rows for share in part.shares] or [part.failed_rows]
    return [kept for kept in ids if kept]


def give_errors(state: State, plan_or_job: str, to: Path) -> Path:
    """Into a file that must not exist; a folder gets one under its own name, and of several tables all of them."""
    records = errors_of(state, plan_or_job)
    if to.is_dir() or len(records) > 1:
        for record in records:
            copy_out(state.artifacts.verify(record), to / record.name)
        return to / records[0].name if len(records) == 1 else to
    copy_out(state.artifacts.verify(records[0]), to)
    return to
