"""Imports in batches, as the ledger knows them: which batches stand, and what becomes of those that must not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import chain
from pathlib import Path

from entrepot.importing.batches import Batched, apply_in_batches
from entrepot.importing.failed_rows import CSV, LINES, form_of, header, name_for
from entrepot.importing.notes import COUNTS, Facts
from entrepot.importing.request import Draft, Run, Work
from entrepot.jobs.durable import keeping, told
from entrepot.model.changes import Mark
from entrepot.model.drafts import Decision
from entrepot.model.errors import CancelledError, EntrepotError, StorageError, UnavailableError
from entrepot.model.failing import ErrorsFile
from entrepot.model.import_receipts import ImportReceipt
from entrepot.model.journals import JournalFacts
from entrepot.model.plans import ImportPlan, ImportRequest
from entrepot.model.records import JobRecord, Status
from entrepot.state import State

PART = "failed_part"
LEAVING = (UnavailableError, CancelledError, StorageError)
BLOCK = 1 << 20


@dataclass(frozen=True, kw_only=True)
class Batches:
    """Of one job, for one process."""

    state: State
    job: JobRecord
    run: Run
    lasting: timedelta

    def wanted(self, agreed: ImportPlan | None, once: tuple[str, ...]) -> Batched:
        return Batched(
            job=self.job.id,
            keep=self.keep,
            standing=self.standing,
            parts=self.part,
            whole=self.whole,
            agreed=agreed,
            once=once,
            goes_on=self.goes_on,
        )

    def carried(
        self,
        draft: Draft,
        request: ImportRequest,
        agreed: ImportPlan | None,
        once: tuple[str, ...],
        undo: Callable[[str], str],
    ) -> ImportReceipt:
        """What is wrong with the records takes all batches back; what is wrong with the connection leaves them."""
        try:
            return apply_in_batches(draft, request, self.run, self.wanted(agreed, once))
        except EntrepotError as error:
            stands = self.goes_on
            if stands and isinstance(error, LEAVING):
                raise type(error)(
                    error.code,
                    f"{error.message} Some batches of {self.job.id} were brought in.",
                    remedy=self._remedy(),
                ) from error
            if self.state.order is not None and not stands:
                raise
            self.state.ledger.jobs.finish(self.job, Status.FAILED, error=told(error))
            if not stands:
                raise
            words = f"{error.message} What had been brought in was taken back, by {undo(self.job.id)}."
            raise type(error)(error.code, words, remedy=error.remedy, problems=error.problems) from error

    def _remedy(self) -> str:
        if self.state.order is not None:
            return f"entrepot undo {self.job.id} takes them back, if it does not go on by itself."
        return f"entrepot resume {self.job.id} goes on behind them."

    @property
    def goes_on(self) -> bool:
        return any(self.standing(unit.unit) is not None for unit in self.state.ledger.units.of_job(self.job.id))

    def standing(self, unit: int) -> Facts | None:
        """What is noted may never have happened; the mark knows."""
        found = [each for each in self.state.ledger.units.of_job(self.job.id) if each.unit == unit]
        if found and self.run.engine.was_applied(Mark(job=self.job.id, unit=unit)):
            return found[0].facts
        return None

    def keep(self, unit: int, path: Path, facts: JournalFacts) -> None:
        keeping(self.state, self.job, self.lasting, unit)(path, facts)

    def part(self, blocks: Iterator[bytes], unit: int) -> None:
        with self.state.artifacts.receive(PART, f"{unit}") as incoming:
            for block in blocks:
                incoming.write(block)
        self.state.record(incoming.stored, CSV[1], lasting=self.lasting, job=self.job)

    def whole(self, plan: ImportPlan, work: Work) -> ImportPlan:
        if not plan.failed or self.run.keep_errors is None:
            return plan
        form = form_of(work.prepared.staged)
        ending, media_type = LINES if form.lines else CSV
        head = [] if form.lines else [header(form)]
        file = ErrorsFile(name=name_for(work.prepared, ending), media_type=media_type, blocks=chain(head, self.parts()))
        return replace(plan, failed_rows=self.run.keep_errors(file))

    def parts(self) -> Iterator[bytes]:
        """In the order of the batches; of one that was tried again, what came last."""
        found = {int(part.name): part for part in self.state.ledger.artifacts.of_job(self.job.id, PART)}
        units = self.state.ledger.units.of_job(self.job.id)
        for unit in [each.unit for each in units if each.facts[COUNTS][Decision.FAILED]]:
            with self.state.artifacts.verify(found[unit]).open("rb") as file:
                while block := file.read(BLOCK):
                    yield block
