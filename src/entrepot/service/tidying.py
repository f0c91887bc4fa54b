"""The part of the service that keeps its own house in order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entrepot.adapters import Adapters
from entrepot.model.audit import Action
from entrepot.service.submitting import submitting
from entrepot.use_cases.auditing import recorded

if TYPE_CHECKING:
    from entrepot.exporting.inspection import Inspection
    from entrepot.model.cleanup import CleanupReceipt
    from entrepot.model.records import JobRecord
    from entrepot.use_cases.submissions import Manner


class Tidying:
    """A part of `service.Entrepot`."""

    _adapters: Adapters

    def cleanup(self, *, dry_run: bool = False, orphans: bool = False) -> CleanupReceipt:
        """Remove what is no longer kept: stored files and plans whose time is over, jobs that were over for longer
        than `[retention] jobs`, what dead processes have left. `orphans`: also stored files that no record knows."""
        from entrepot.use_cases.cleanups import Cleanups

        with recorded(self._adapters, Action.LOOK_AT_CLEANUP if dry_run else Action.CLEANUP) as told:
            return told(Cleanups(adapters=self._adapters).clean(orphans=orphans, dry_run=dry_run))

    def verify(self, job: str) -> Inspection:
        """Read back what a job has left, and compare it with what our records say: sizes, SHA-256, and of exports also
        rows, fingerprints and members. Where it lies in a bucket, it is fetched anew."""
        from entrepot.use_cases.verifying import Verifying

        with recorded(self._adapters, Action.INSPECT, job):
            return Verifying(adapters=self._adapters).verify(job)

    def submit_verify(self, job: str, *, manner: Manner | None = None) -> JobRecord:
        """As `verify`, but as a job: `failed` if something is not what it was."""
        with submitting(self._adapters, manner, Action.SUBMIT_VERIFY, job) as (submissions, told):
            return told(submissions.verify(job))

    def submit_cleanup(self, *, orphans: bool = False, manner: Manner | None = None) -> JobRecord:
        """As `cleanup`, but as a job."""
        from entrepot.model.cleanup import CleanupRequest

        with submitting(self._adapters, manner, Action.SUBMIT_CLEANUP) as (submissions, told):
            return told(submissions.cleanup(CleanupRequest(orphans=orphans)))
