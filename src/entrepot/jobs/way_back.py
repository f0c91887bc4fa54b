"""The way back: a job that is over, its journal, and what can be taken back of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from entrepot.importing.request import Run
from entrepot.importing.undoing.changed_keys import write_changes
from entrepot.importing.undoing.job import listed
from entrepot.importing.undoing.journaled import Journaled, facts_of
from entrepot.importing.undoing.undo import look_back, take_back
from entrepot.importing.wanted import Keep
from entrepot.jobs.durable import JOURNAL, document, keeping, promising, settle, told, working
from entrepot.jobs.kept_files import number_of, settle_files, staying_away
from entrepot.jobs.resuming import HAPPENED, happened, is_in_batches
from entrepot.jobs.taken_ids import taking_ids
from entrepot.model.changes import Mark
from entrepot.model.errors import ChangedError, EntrepotError, InputError
from entrepot.model.quotas import NO_QUOTA
from entrepot.model.records import JobRecord, JournalRecord, Status
from entrepot.model.undo_plans import UndoPlan, UndoReceipt
from entrepot.quota import limited
from entrepot.state import State
from entrepot.storage.copies import copy_out

LATEST = 50
KINDS = frozenset({"import", "undo"})
ALREADY = "already_applied"
INTERRUPTED = "its process ended before it was done"
CHANGES = ("created", "updated", "versioned", "deleted", "restored", "reinserted")
"""What receipts call rows that were changed."""


@dataclass(frozen=True, kw_only=True)
class WayBack:
    run: Callable[[], AbstractContextManager[Run]]
    state: State
    journals_kept: timedelta

    def jobs(self) -> tuple[JobRecord, ...]:
        """The latest of this database that changed rows."""
        with self._begun() as run:
            latest = self.state.ledger.jobs.latest(LATEST, database=run.identity)
            kept = {job.id: self.state.ledger.journals.of_job(job.id) for job in latest if job.kind in KINDS}
        changed = (replace(job, entity=_entities(job, kept[job.id], run)) for job in latest if kept.get(job.id))
        return tuple(map(self._explained, changed))

    def _explained(self, job: JobRecord) -> JobRecord:
        """Of one that never ended, the phase says what can be done."""
        if job.status.final or self.state.is_alive(job.owner):
            return job
        resumed = f": entrepot resume {job.id}" if is_in_batches(self.state, job) else ""
        return replace(job, phase=f"{INTERRUPTED}{resumed}")

    def preview(self, job_id: str) -> UndoPlan:
        with self._begun() as run:
            journaled = self._journaled(job_id, run)
            plan, away = look_back(journaled, run), staying_away(self.state, journaled.job)
            return replace(plan, files=number_of(self.state, journaled.job), warnings=(*plan.warnings, *away))

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
            before = journaled.job

            def begin(owner: str) -> JobRecord:
                return self.state.begin(
                    "undo", owner=owner, database=before.database, entity=before.entity, undoes=before.id
                )

            with working(self.state, begin, f"Taking back {before.id}", run) as job, self._told(before, run):
                receipt = take_back(
                    journaled,
                    run,
                    job=job.id,
                    keep=taking_ids(self.state, job, self._keeping(job), run.engine.marked),
                    agreed=agreed,
                    ready=promising(self.state, job, run),
                )
                self._close(before, job.owner)
                gone = settle_files(self.state, job, run, applied=True)
                away = staying_away(self.state, before)
                receipt = replace(receipt, files=gone, warnings=(*receipt.warnings, *away))
                status = Status.PARTIAL if receipt.left else Status.COMPLETED
                self.state.finish(job, status, receipt=document(receipt))
            return receipt

    def _keeping(self, job: JobRecord) -> Keep:
        """A quota that is full is no reason to leave a wrong import where it is."""
        return keeping(limited(self.state, NO_QUOTA), job, self.journals_kept)

    @contextmanager
    def _begun(self) -> Iterator[Run]:
        """Whatever dead processes left open is settled first."""
        with self.run() as run:
            settle(self.state, run)
            yield run

    @contextmanager
    def _told(self, before: JobRecord, run: Run) -> Iterator[None]:
        """Of two who take the same job back at the same time, the second one hears of the first."""
        try:
            yield
        except ChangedError as error:
            if error.code != ALREADY:
                raise
            raise _taken_back(before, self._undone(before, run)) from error

    def _close(self, before: JobRecord, owner: str) -> None:
        """Nobody goes on with batches that were taken back."""
        if not before.status.final and not self.state.is_alive(before.owner):
            jobs = self.state.ledger.jobs
            with suppress(EntrepotError):
                jobs.finish(jobs.take_over(before, owner), Status.FAILED, error=told(_cut_off(before)))

    def _journaled(self, job_id: str, run: Run) -> Journaled:
        job = self.state.ledger.jobs.get(job_id)
        _check(job, run.identity)
        if not job.status.final and is_in_batches(self.state, job) and self.state.is_alive(job.owner):
            raise _not_finished(job)
        records = [it for it in self.state.ledger.journals.of_job(job.id) if _is_there(it, run)]
        if not records:
            raise self._nothing_kept(job) if job.status.final else _not_finished(job)
        artifacts = [self.state.ledger.artifacts.get(record.artifact_id) for record in records]
        return Journaled(
            job=job,
            journals=tuple(
                (self.state.artifacts.verify(artifact), facts_of(record))
                for artifact, record in zip(artifacts, records, strict=True)
            ),
            until=min((it.expires_at for it in artifacts if it.expires_at), default=None),
            undone_by=self._undone(job, run),
            undone=len(self._undos(job, run)),
        )

    def _undos(self, job: JobRecord, run: Run) -> list[JobRecord]:
        """Those that took it back, the newest first."""
        return [it for it in self.state.ledger.jobs.undone_by(job.id) if happened(it, run)]

    def _undone(self, job: JobRecord, run: Run) -> str | None:
        return next((it.id for it in self._undos(job, run)), None)

    def _nothing_kept(self, job: JobRecord) -> InputError:
        counts = {**(job.receipt or {}), **(job.receipt or {}).get("counts", {})}
        if job.status in HAPPENED and any(counts.get(name) for name in CHANGES):
            return self._expired(job)
        return InputError(
            "nothing_to_undo",
            f"There is nothing to take back of {job.id}: it changed no rows.",
            remedy="entrepot undo lists the imports that can be taken back.",
        )

    def _expired(self, job: JobRecord) -> InputError:
        gone = self.state.ledger.removals.of_job(job.id, JOURNAL)
        since = f"was removed on {gone[-1].at:%Y-%m-%d}" if gone else "is no longer kept"
        kept = self.journals_kept.days
        return InputError(
            "journal_expired",
            f"{job.id} of {job.created_at:%Y-%m-%d} cannot be taken back any more: what would undo it {since}.",
            remedy=f"[retention] journals says how long that is (now {kept} days); a backup may have the rows.",
        )


def _entities(job: JobRecord, journals: Sequence[JournalRecord], run: Run) -> str | None:
    """Of a job that changed several, all of them."""
    names = dict.fromkeys(record.entity for record in journals)
    known = run.catalog.by_name
    return listed([known[it].title if it in known else it for it in names]) if len(names) > 1 else job.entity


def _is_there(record: JournalRecord, run: Run) -> bool:
    """A journal is there before anybody knows whether its transaction will be."""
    return run.engine.was_applied(Mark(job=record.job, unit=record.unit))


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


def _taken_back(job: JobRecord, undo: str | None) -> ChangedError:
    return ChangedError(
        "already_taken_back",
        f"Meanwhile {job.id} was taken back, by {undo}. Nothing was written this time.",
        remedy=f"If something is left to do: entrepot undo {job.id}",
    )


def _cut_off(job: JobRecord) -> ChangedError:
    return ChangedError(
        "taken_back",
        f"Its process ended before {job.id} was done, and then it was taken back.",
        remedy="Import it anew.",
    )
