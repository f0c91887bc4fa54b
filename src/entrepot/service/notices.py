"""The part of the service that tells what people were told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entrepot.access.permissions import is_bound
from entrepot.adapters import Adapters
from entrepot.model.audit import Action
from entrepot.model.errors import AccessError
from entrepot.use_cases.auditing import recorded

if TYPE_CHECKING:
    from entrepot.model.notices import DeliveryRecord


class TellsNotices:
    """A part of `service.Entrepot`."""

    _adapters: Adapters

    def notifications(self, limit: int = 50, *, job: str | None = None) -> tuple[DeliveryRecord, ...]:
        """What was to be told of jobs, and whether it got there; the newest first."""
        from entrepot.ledger.deliveries import Deliveries

        adapters = self._adapters
        with recorded(adapters, Action.SHOW_JOBS):
            if is_bound(adapters.principal):
                raise AccessError(
                    "not_allowed",
                    f"{adapters.principal.name} is bound to a tenant, and may not see the notifications of all.",
                    remedy="Ask a system administrator.",
                )
            if not adapters.has_state():
                return ()
            with adapters.state() as state:
                return Deliveries(state.ledger.records).latest(limit, job=job)
