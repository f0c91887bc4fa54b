"""The part of the service that has exports and clean-ups done again and again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from entrepot.adapters import Adapters
from entrepot.model.audit import Action
from entrepot.model.selection import Selection, chosen
from entrepot.use_cases.auditing import recorded

if TYPE_CHECKING:
    from entrepot.exporting.plan import ExportOptions
    from entrepot.jobs.schedules.views import SchedulePreview, ScheduleView
    from entrepot.model.records import JobRecord
    from entrepot.use_cases.timetable import Plan, Timetable


class Scheduling:
    """A part of `service.Entrepot`. Workers look at the clock: without one, nothing runs."""

    _adapters: Adapters

    def schedules(self) -> tuple[ScheduleView, ...]:
        """Those of the settings, and those that were added; with their next and their last run."""
        with recorded(self._adapters, Action.SHOW_SCHEDULES):
            return self._timetable.all()

    def add_schedule(
        self,
        name: str,
        *entities: str,
        plan: Plan,
        to: str | Path | None = None,
        selection: Selection | None = None,
        named: str | None = None,
        options: ExportOptions | None = None,
    ) -> ScheduleView:
        """An export as a job, at all times of `plan`. Each run makes a folder of its own in the folder `to`; without
        one its files are kept, to be downloaded. `options.format` says what they are."""
        from entrepot.exporting.plan import ExportOptions
        from entrepot.use_cases.timetable import Wanted

        asked = chosen(entities, selection, named)
        wanted = Wanted(to=to, selection=asked, named=named, options=options or ExportOptions())
        facts = {"cron": plan.cron, "zone": plan.zone, "to": None if to is None else str(to), "named": named}
        with recorded(self._adapters, Action.ADD_SCHEDULE, name, ", ".join(asked.entities), **facts) as told:
            return told(self._timetable.add(name, plan, wanted))

    def add_cleanup_schedule(self, name: str, *, plan: Plan) -> ScheduleView:
        """`cleanup` as a job, at all times of `plan`."""
        facts = {"cron": plan.cron, "zone": plan.zone, "kind": "cleanup"}
        with recorded(self._adapters, Action.ADD_SCHEDULE, name, **facts) as told:
            return told(self._timetable.add_cleanup(name, plan))

    def pause_schedule(self, name: str) -> ScheduleView:
        with recorded(self._adapters, Action.PAUSE_SCHEDULE, name) as told:
            return told(self._timetable.pause(name, paused=True))

    def resume_schedule(self, name: str) -> ScheduleView:
        """Times that came meanwhile do not count."""
        with recorded(self._adapters, Action.RESUME_SCHEDULE, name) as told:
            return told(self._timetable.pause(name, paused=False))

    def remove_schedule(self, name: str) -> ScheduleView:
        """What it has made stays."""
        with recorded(self._adapters, Action.REMOVE_SCHEDULE, name) as told:
            return told(self._timetable.remove(name))

    def run_schedule(self, name: str, *, wake: bool = True) -> JobRecord:
        """Once, now; `wake` starts a worker if none lives."""
        with recorded(self._adapters, Action.RUN_SCHEDULE, name) as told:
            return told(self._timetable.run(name, awake=wake))

    def preview_schedule(self, name: str, runs: int = 5) -> SchedulePreview:
        """The next runs, and what rotation would remove now; nothing is changed."""
        with recorded(self._adapters, Action.SHOW_SCHEDULES, name):
            return self._timetable.preview(name, runs)

    def has_worker(self) -> bool | None:
        """Whether anybody looks at the clock, and does what is submitted; None: that cannot be known from here."""
        return self._timetable.has_worker()

    @property
    def _timetable(self) -> Timetable:
        from entrepot.use_cases.timetable import Timetable

        return Timetable(adapters=self._adapters)
