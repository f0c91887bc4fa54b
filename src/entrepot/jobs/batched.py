"""Imports in batches, as the ledger knows them: which batches stand, and what becomes of those that must not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

from entrepot.importing.batches import Batched
from entrepot.importing.notes import Facts
from entrepot.importing.request import Run
from entrepot.jobs.durable import keeping, told
from entrepot.jobs.failed_parts import FailedParts
from entrepot.model.changes import Mark
from entrepot.model.errors import CancelledError, EntrepotError, StorageError, UnavailableError
from entrepot.model.journals import JournalFacts
from entrepot.model.records import JobRecord, Status
from entrepot.state import State

Outcome = TypeVar("Outcome")
Plan = TypeVar("Plan")
LEAVING = (UnavailableError, CancelledError, StorageError)


@dataclass(frozen=True, kw_only=True)
class Batches:
    """Of one job, for one process."""

    state: State
    job: JobRecord
    run: Run
    lasting: timedelta

    def wanted(self, agreed: Plan | None, once: tuple[str, ...]) -> Batched[Plan]:
        failed = FailedParts(state=self.state, job=self.job, lasting=self.lasting)
        return Batched(
            job=self.job.id,
            keep=self.keep,
            standing=self.standing,
            parts=failed.keep,
            whole=failed.whole,
            agreed=agreed,
            once=once,
            goes_on=self.goes_on,
        )

    def carried(self, attempt: Callable[[], Outcome], undo: Callable[[str], str]) -> Outcome:
        """What is wrong with the records takes all batches back; what is wrong with the connection leaves them."""
        try:
            return attempt()
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
