"""The part of the service that tells others how jobs are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entrepot.adapters import Adapters

if TYPE_CHECKING:
    from entrepot.model.spoken import Said


class Watching:
    """A part of `service.Entrepot`."""

    _adapters: Adapters

    def job_words(self, system: str, *ids: str) -> tuple[Said, ...]:
        """Status and phase of each of the jobs in the words of that system (docs/reference/statuses.md)."""
        from entrepot.inquiries import Inquiries

        return Inquiries(adapters=self._adapters).words(system, ids)
