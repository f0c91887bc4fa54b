"""The way back: a job that is over, its journal, and what can be taken back of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import msgspec

from entrepot.durable import document, keeping, settle, working
from entrepot.importing.request import Run
from entrepot.importing.undoing.changed_keys import write_changes
from entrepot.importing.undoing.journaled import Journaled
from entrepot.importing.undoing.undo import look_back, take_back
from entrepot.model.changes import Mark
from entrepot.model.errors import InputError
from entrepot.model.journals import JournalFacts
from entrepot.model.records import JobRecord, Status
from entrepot.model.undoing import UndoPlan, UndoReceipt
from entrepot.state import State
from entrepot.storage.copies import copy_out

LATEST = 50
KINDS = frozenset({"import", "undo"})


@dataclass(frozen=True, kw_only=True)
class WayBack:
    run: Callable[[], AbstractContextManager[Run]]
    state: State
    journals_kept: timedelta

    def jobs(self) -> tuple[JobRecord, ...]:
        """The latest of this database that changed rows."""
        with self._begun() as run:
            latest = self.state.ledger.jobs.latest(LATEST, database=run.identity)
        return tuple(job for job in latest if job.kind in KINDS and self.state.ledger.journals.of_job(job.id))

    def preview(self, job_id: str) -> UndoPlan:
        with self._begun() as run:
            return look_back(self._journaled(job_id, run), run)

    def changes(self, job_id: str, to: Path) -> None:
        """Which rows a job created, changed or deleted, by their keys."""
        with self.run() as run:
            file = run.work / "changes.csv"
            write_changes(self._journaled(job_id, run), run, file)
            copy_out(file, to)

    def undo(self, job_id: str, agreed: str | None) -> UndoReceipt:
        """`agreed` is the digest of the preview; if it would be something else by now, nothing happens."""
        with self._begun() as run:
            journaled = self._journaled(job_id, run)
            jobs, before = self.state.ledger.jobs, journaled.job

            def begin(owner: str) -> JobRecord:
                return jobs.begin("undo", owner=owner, database=before.database, entity=before.entity, undoes=before.id)

            with working(self.state, begin, f"Taking back {before.id}", run.engine) as job:
                receipt = take_back(
                    journaled,
                    run,
                    job=job.id,
                    keep=keeping(self.state, job, self.journals_kept),
                    agreed=agreed,
                    ready=lambda receipt: jobs.promise(job, document(receipt)),
                )
                left = receipt.edited + receipt.gone + receipt.blocked + receipt.forgotten
                jobs.finish(job, Status.PARTIAL if left else Status.COMPLETED, receipt=document(receipt))
            return receipt

    @contextmanager
    def _begun(self) -> Iterator[Run]:
        """Whatever dead processes left open is settled first."""
        with self.run() as run:
            settle(self.state, run.engine, run.identity)
            yield run

    def _journaled(self, job_id: str, run: Run) -> Journaled:
        job = self.state.ledger.jobs.get(job_id)
        _check(job, run.identity)
        journals = tuple(self._journals(job, run))
        if not journals:
            raise _nothing_kept(job) if job.status.final else _not_finished(job)
        undone = next((it.id for it in self.state.ledger.jobs.undone_by(job.id) if _was_done(it, run)), None)
        return Journaled(job=job, journals=journals, undone_by=undone)

    def _journals(self, job: JobRecord, run: Run) -> Iterator[tuple[Path, JournalFacts]]:
        """Of what was committed; a journal is there before anybody knows whether its transaction will be."""
        for record in self.state.ledger.journals.of_job(job.id):
            if run.engine.was_applied(Mark(job=job.id, unit=record.unit)):
                path = self.state.artifacts.verify(self.state.ledger.artifacts.get(record.artifact_id))
                yield path, msgspec.convert(record.facts, JournalFacts)


def _happened(job: JobRecord) -> bool:
    return job.status in (Status.COMPLETED, Status.PARTIAL)


def _was_done(job: JobRecord, run: Run) -> bool:
    """A process that was killed could not say what came of its job; the mark beside the data does."""
    return _happened(job) or run.engine.was_applied(Mark(job=job.id))


def _check(job: JobRecord, database: str) -> None:
    if job.kind not in KINDS:
        raise InputError(
            "nothing_to_undo", f"{job.id} is an {job.kind}, which changed nothing.", remedy="Name an import or an undo."
        )
    if job.database != database:
        raise InputError(
            "other_database",
            f"{job.id} changed {job.database}, not {database}.",
            remedy="Name that database: --db.",
        )


def _not_finished(job: JobRecord) -> InputError:
    return InputError(
        "job_not_finished",
        f"{job.id} has changed nothing yet: it is at work still, or nobody can say yet what became of it.",
        remedy="Wait until it is done; if it was killed, there is nothing to take back.",
    )


def _nothing_kept(job: JobRecord) -> InputError:
    words = "changed nothing" if not _happened(job) else "changed no rows, or what would undo it is no longer kept"
    return InputError(
        "nothing_to_undo",
        f"There is nothing to take back of {job.id}: it {words}.",
        remedy="[retention] journals says how long that is; a backup may have the rows.",
    )
