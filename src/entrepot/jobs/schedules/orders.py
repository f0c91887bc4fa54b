"""The order that a due time leads to."""

from __future__ import annotations

from datetime import UTC, datetime

from entrepot.model.orders import Wish
from entrepot.model.schedules import Schedule

STAMP = "%Y%m%dT%H%M%SZ"


def wish_of(schedule: Schedule, due: datetime) -> Wish:
    """Every run writes into a folder of its own, so that none can replace, or mix with, what another one wrote."""
    folder = None if schedule.to is None else f"{schedule.to.rstrip('/')}/{run_name(schedule, due)}/"
    return Wish(
        kind=schedule.kind,
        request={**schedule.request, "to": folder},
        database=schedule.database,
        principal=schedule.principal,
        tenant=schedule.tenant,
        queue=schedule.queue,
    )


def run_name(schedule: Schedule, due: datetime) -> str:
    """In UTC: the clock on the wall shows some times twice."""
    return f"{schedule.name}-{due.astimezone(UTC):{STAMP}}"
