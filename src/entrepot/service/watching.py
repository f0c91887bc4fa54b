"""The part of the service that tells others how jobs are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entrepot.access.permissions import Verb, require
from entrepot.adapters import Adapters

if TYPE_CHECKING:
    from entrepot.model.metrics import Family
    from entrepot.model.spoken import Said
    from entrepot.use_cases.awaiting import AwaitedJob


class Watching:
    """A part of `service.Entrepot`."""

    _adapters: Adapters

    def job_words(self, system: str, *ids: str) -> tuple[Said, ...]:
        """Status and phase of each of the jobs in the words of that system (docs/reference/statuses.md)."""
        from entrepot.use_cases.inquiries import Inquiries

        return Inquiries(adapters=self._adapters).words(system, ids)

    def awaited(self, id: str) -> AwaitedJob:
        """The job for `async` programs: `async for event in job.events()`, `await job.done()`."""
        from entrepot.use_cases.awaiting import AwaitedJob
        from entrepot.use_cases.inquiries import Inquiries

        return AwaitedJob(Inquiries(adapters=self._adapters), id)

    def metrics(self, *, by_tenant: bool = False) -> tuple[Family, ...]:
        """What operators watch, of all databases and tenants; `model.metrics.exposition` writes it for Prometheus."""
        from entrepot.jobs.measuring import measured
        from entrepot.jobs.schedules.configured import configured_schedules

        require(self._adapters.principal, Verb.DIAGNOSE)
        with self._adapters.state() as state:
            return measured(state, configured_schedules(self._adapters.loaded), by_tenant=by_tenant)
