"""Schedules for all faces: what is asked for is looked at, and kept until somebody removes it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from entrepot.access.permissions import Verb, require
from entrepot.adapters import Adapters
from entrepot.config.own_records import ledger_url, own_place
from entrepot.config.queues import queue_for
from entrepot.exporting.plan import ExportOptions
from entrepot.jobs.orders.asking import as_asked
from entrepot.jobs.orders.places import place_of
from entrepot.jobs.orders.requests import (
    CLEANUP,
    EXPORT,
    OWN_RECORDS,
    CleanupOrder,
    ExportOrder,
    must_be_open,
    written,
)
from entrepot.jobs.orders.waking import is_awake, wake
from entrepot.jobs.schedules.checking import checked, folder_of, policy
from entrepot.jobs.schedules.configured import configured_schedules
from entrepot.jobs.schedules.running import run_now
from entrepot.jobs.schedules.ticking import in_force
from entrepot.jobs.schedules.views import SchedulePreview, ScheduleView, preview, view
from entrepot.ledger.schedules import schedule_exists
from entrepot.model.cleanup import CleanupRequest
from entrepot.model.errors import InputError
from entrepot.model.records import JobRecord
from entrepot.model.schedules import Missed, Overlap, Schedule, ScheduleRecord
from entrepot.model.selection import Selection
from entrepot.model.suggest import unknown
from entrepot.use_cases.exports import Exports

if TYPE_CHECKING:
    from entrepot.state import State


@dataclass(frozen=True, kw_only=True)
class Plan:
    """When something is done again and again, and what becomes of its outputs."""

    cron: str
    """Five fields, or `daily at 02:00`, `weekly on mon at 02:00`, `monthly on 1 at 02:00`, `hourly at :15`."""
    zone: str = "UTC"
    keep: Mapping[str, object] = field(default_factory=dict)
    """`{"daily": 7, "weekly": 4, "within": "90d", "size": "10 GB"}`; empty: everything stays."""
    missed: str = Missed.ONCE
    """Times that no worker was there for: `skip` them, run `once` for all, or `all`, one after another."""
    overlap: str = Overlap.SKIP
    """Times at which the last run is not over: `skip` them, or `queue` them."""
    most: int = 10
    """So many missed times run, and so many wait, at most."""
    paused: bool = False
    queue: str | None = None
    """Which workers may take its jobs; None: what the settings say, or `default`."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is done at each of these times."""

    to: str | Path | None
    selection: Selection
    named: str | None
    options: ExportOptions


@dataclass(frozen=True, kw_only=True)
class Timetable:
    adapters: Adapters

    def all(self) -> tuple[ScheduleView, ...]:
        """Those of the settings first."""
        with self._opened() as state:
            return tuple(view(state, record) for record in self._records(state))

    def add(self, name: str, plan: Plan, wanted: Wanted) -> ScheduleView:
        """What is wrong with the request is told now, before anything is kept."""
        require(self.adapters.principal, Verb.SCHEDULE)
        must_be_open(wanted.options)
        return self._add(self._schedule(name, plan, wanted), plan.queue)

    def _add(self, schedule: Schedule, queue: str | None) -> ScheduleView:
        queue = queue_for(schedule.kind, schedule.tenant, queue, self.adapters.loaded)
        schedule = checked(replace(schedule, queue=queue))
        name = schedule.name
        with self._opened() as state:
            if name in {one.name for one in configured_schedules(self.adapters.loaded)}:
                raise schedule_exists(name)
            return view(state, state.ledger.schedules.add(schedule))

    def add_cleanup(self, name: str, plan: Plan) -> ScheduleView:
        if plan.keep:
            raise InputError(
                "not_with_cleanup",
                "A clean-up leaves nothing behind that could be kept.",
                remedy="Leave --keep out; [retention] says how long what is kept.",
            )
        order = CleanupOrder(
            place=place_of(self.adapters.db, self.adapters.loaded, Path.cwd()), asked=CleanupRequest(sure=True)
        )
        return self._add(replace(_timed(name, plan, self.adapters), kind=CLEANUP, request=written(order)), plan.queue)

    def pause(self, name: str, *, paused: bool) -> ScheduleView:
        with self._opened() as state:
            record = self._own(state, name, "paused = true" if paused else "paused = false")
            return view(state, state.ledger.schedules.pause(record.id, paused=paused))

    def remove(self, name: str) -> ScheduleView:
        with self._opened() as state:
            record = self._own(state, name, "its removal")
            gone = view(state, record)
            state.ledger.schedules.remove(record.id)
            return gone

    def run(self, name: str, *, awake: bool) -> JobRecord:
        """Now, whatever its times are, also if it is paused."""
        with self._opened() as state:
            job = run_now(state, self._record(state, name))
            if awake:
                loaded, environment = self.adapters.loaded, self.adapters.environment
                wake(state.folder, {**environment, **own_place(loaded, environment)}, loaded.file)
            return job

    def preview(self, name: str, most: int) -> SchedulePreview:
        with self._opened() as state:
            return preview(state, self._record(state, name), most)

    def has_worker(self) -> bool | None:
        """Whether anybody looks at the clock. None: where the records are on a server, that may be anywhere."""
        loaded, environment = self.adapters.loaded, self.adapters.environment
        return True if is_awake(loaded.state.absolute()) else None if ledger_url(loaded, environment) else False

    def _schedule(self, name: str, plan: Plan, wanted: Wanted) -> Schedule:
        home = Path.cwd()
        folder = None if wanted.to is None else str(home / folder_of(str(wanted.to)))
        selection, named, options = wanted.selection, wanted.named, wanted.options
        place = place_of(self.adapters.db, self.adapters.loaded, home)
        order = ExportOrder(place=place, to=None, selection=selection, named=named, options=options)
        database = Exports(adapters=self.adapters).check(folder and f"{folder}/{name}/", selection, named, options)
        timed = _timed(name, plan, self.adapters)
        return replace(timed, database=database, request=written(order), to=folder, tenant=selection.tenant)

    @contextmanager
    def _opened(self) -> Iterator[State]:
        require(self.adapters.principal, Verb.SCHEDULE)
        with self.adapters.state() as state:
            yield state

    def _records(self, state: State) -> tuple[ScheduleRecord, ...]:
        return in_force(state, configured_schedules(self.adapters.loaded))

    def _record(self, state: State, name: str) -> ScheduleRecord:
        known = {record.schedule.name: record for record in self._records(state)}
        if name not in known:
            raise unknown("schedule", name, known)
        return known[name]

    def _own(self, state: State, name: str, change: str) -> ScheduleRecord:
        record = self._record(state, name)
        if record.configured:
            raise InputError(
                "schedule_of_settings",
                f"The schedule '{name}' stands in {self.adapters.loaded.file}, and only there it can be changed.",
                remedy=f"Write {change} into its [[schedules]]."
                if "=" in change
                else "Remove its [[schedules]] there.",
            )
        return record


def _timed(name: str, plan: Plan, adapters: Adapters) -> Schedule:
    """When, and in whose name; of our own records, as long as nothing else is said."""
    return Schedule(
        name=name,
        kind=EXPORT,
        cron=plan.cron,
        zone=plan.zone,
        database=OWN_RECORDS,
        request={},
        keep=dict(plan.keep),
        missed=policy(Missed, plan.missed, "missed"),
        overlap=policy(Overlap, plan.overlap, "overlap"),
        most=plan.most,
        paused=plan.paused,
        principal=as_asked(adapters.principal),
    )
