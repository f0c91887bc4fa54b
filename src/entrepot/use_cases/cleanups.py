"""Clean-ups for all faces."""

from __future__ import annotations

from dataclasses import dataclass

from entrepot.access.permissions import Verb, require
from entrepot.adapters import Adapters
from entrepot.jobs.housekeeping.cleaning import Cleaning
from entrepot.model.cleanup import CleanupReceipt
from entrepot.state import State


@dataclass(frozen=True, kw_only=True)
class Cleanups:
    adapters: Adapters

    def clean(self, *, orphans: bool, dry_run: bool) -> CleanupReceipt:
        """Now, whatever the clock said before: somebody is there who sees what it comes to."""
        require(self.adapters.principal, Verb.SCHEDULE)
        if not self.adapters.has_state():
            return CleanupReceipt(dry_run=dry_run, at=self.adapters.clock.now(), sums=(), first=())
        with self.adapters.state() as state:
            cleaner, now = cleaning(self.adapters, state, orphans=orphans), state.ledger.records.now()
            return cleaner.look(now) if dry_run else cleaner.clean(now)


def cleaning(adapters: Adapters, state: State, *, orphans: bool) -> Cleaning:
    kept = adapters.loaded.settings.retention.jobs
    return Cleaning(state=state, jobs_kept=kept, cancel=adapters.cancel, orphans=orphans)
