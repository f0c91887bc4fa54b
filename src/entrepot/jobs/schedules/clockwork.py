"""What a worker does about schedules, once a second."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from entrepot.config.settings import Loaded
from entrepot.jobs.schedules.configured import configured_schedules
from entrepot.jobs.schedules.ticking import note_absence, tick
from entrepot.model.errors import EntrepotError
from entrepot.model.records import JobRecord
from entrepot.model.schedules import Schedule
from entrepot.state import State

LOG = logging.getLogger("entrepot.schedules")
Stamp = tuple[int, int, int]


class Clockwork:
    """Reads the settings again when their file has changed. If it cannot be understood, that is told, and those that
    were in it before go on."""

    def __init__(self, read: Callable[[], Loaded], file: Path | None) -> None:
        self._read = read
        self._file = file
        self._seen: Stamp | None = None
        self._schedules: tuple[Schedule, ...] = ()

    def __call__(self, state: State) -> tuple[JobRecord, ...]:
        stamp = _stamp(self._file)
        if stamp is not None and stamp != self._seen:
            self._seen = stamp
            self._look(state)
        return tick(state, self._schedules)

    def _look(self, state: State) -> None:
        before = self._schedules
        try:
            self._schedules = configured_schedules(self._read())
        except EntrepotError as error:
            LOG.warning("The schedules of the settings: %s", error)
        names = {schedule.name for schedule in self._schedules}
        for gone in (schedule for schedule in before if schedule.name not in names):
            note_absence(state, gone)


def _stamp(file: Path | None) -> Stamp | None:
    """None: there is no such file (now)."""
    try:
        found = file.stat() if file else None
    except OSError:
        return None
    return (found.st_ino, found.st_mtime_ns, found.st_size) if found else None
