"""A run that somebody asks for, outside of the times of its schedule."""

from __future__ import annotations

from entrepot.jobs.schedules.orders import wish_of
from entrepot.ledger.records import unknown_id
from entrepot.model.errors import ChangedError
from entrepot.model.records import JobRecord
from entrepot.model.schedules import ScheduleRecord
from entrepot.state import State


def run_now(state: State, record: ScheduleRecord) -> JobRecord:
    """Never beside another run of it: ChangedError `still_running`."""
    name = record.schedule.name
    with state.ledger.occurrences.alone_with(record.id) as desk:
        if desk is None:
            raise unknown_id("schedule", name)
        for job in desk.unfinished():
            raise ChangedError(
                "still_running",
                f"The last run of '{name}', {job.id}, is not over.",
                remedy=f"Wait for it (entrepot jobs watch {job.id}), or cancel it.",
            )
        due = desk.free_moment()
        return desk.submit(due, wish_of(record.schedule, due))
