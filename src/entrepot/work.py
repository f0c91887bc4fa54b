"""What the kinds of jobs come to: the composition root of the worker, as `service` is that of whoever asks."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from entrepot.adapters import Adapters
from entrepot.bystanders import SystemClock
from entrepot.config.load import load_settings
from entrepot.config.secrets import resolve_secret
from entrepot.jobs.orders.asking import who_asked
from entrepot.jobs.orders.places import Place
from entrepot.jobs.orders.requests import CLEANUP, EXPORT, IMPORT, PREVIEW, UNDO, VERIFY, read_back
from entrepot.jobs.worker.running import Attempt
from entrepot.ledger.processes import end
from entrepot.model.errors import BugError
from entrepot.model.fabric import Making, PartRecord
from entrepot.model.ports import Engine
from entrepot.model.records import Document
from entrepot.model.sessions import Signing
from entrepot.protection import named_engine
from entrepot.state import State
from entrepot.use_cases.worked_cleanups import clean_up
from entrepot.use_cases.worked_exports import export, export_settled
from entrepot.use_cases.worked_imports import bring_in, change_settled, nothing_settled, preview, undo
from entrepot.use_cases.worked_parts import PLACE, made_part
from entrepot.use_cases.worked_verifications import verify

LOG = logging.getLogger("entrepot.worker")


@dataclass(frozen=True, kw_only=True)
class Kind:
    settled: Callable[[Attempt, Adapters], bool]
    carry_out: Callable[[Attempt, Adapters], None]


KINDS = {
    EXPORT: Kind(settled=export_settled, carry_out=export),
    PREVIEW: Kind(settled=nothing_settled, carry_out=preview),
    IMPORT: Kind(settled=change_settled, carry_out=bring_in),
    UNDO: Kind(settled=change_settled, carry_out=undo),
    CLEANUP: Kind(settled=nothing_settled, carry_out=clean_up),
    VERIFY: Kind(settled=nothing_settled, carry_out=verify),
}


class Works:
    """Fulfils `jobs.worker.running.Work`."""

    def __init__(self, place: Mapping[str, str], environment: Mapping[str, str] | None = None) -> None:
        """`place`: the variables that say where our own records are."""
        self._environment = {**(os.environ if environment is None else environment), **place}

    def settled(self, attempt: Attempt) -> bool:
        adapters = self._adapters(attempt)
        _end_former(attempt, adapters.engine)
        return _kind(attempt).settled(attempt, adapters)

    def carry_out(self, attempt: Attempt) -> None:
        _kind(attempt).carry_out(attempt, self._adapters(attempt))

    def make(self, state: State, part: PartRecord, making: Making) -> Document:
        place = read_back(Place, part.spec[PLACE])
        db, environment = self._meant(place)
        loaded = load_settings(environment, Path(place.folder), _settings(place))
        return made_part(state, part, making, named_engine(loaded, db, environment))

    def _meant(self, place: Place) -> tuple[str | None, dict[str, str]]:
        """The database; and the environment without what would say another, or other settings."""
        environment = {name: value for name, value in self._environment.items() if name != "ENTREPOT_CONFIG"}
        db = None if place.db is None else resolve_secret(place.db, environment)
        environment.pop("ENTREPOT_DB", None)
        return db, environment

    def _adapters(self, attempt: Attempt) -> Adapters:
        """As whoever asked has them: by the same settings, with the same rights."""
        place = read_back(Place, attempt.order.request[PLACE])
        db, environment = self._meant(place)
        return Adapters(
            db,
            _settings(place),
            environment,
            principal=who_asked(attempt.order),
            reporter=attempt.reporter,
            cancel=attempt.cancel,
            clock=SystemClock(),
            home=Path(place.folder),
            origin="worker",
            order=attempt.job,
            end=attempt.finish,
            opened=attempt.state,
        )


def _settings(place: Place) -> Path | None:
    return Path(place.settings) if place.settings else None


def _end_former(attempt: Attempt, engine: Engine) -> None:
    """What an attempt before this one has open. A file is held by the process itself, so that this one is ended, if it
    is paused on this machine, and of our user: the records alone say which one it is."""
    job, paused = attempt.job.id, attempt.paused
    if isinstance(engine, Signing):
        if ended := engine.end_former():
            LOG.warning("%s: sessions of an attempt before this one were ended: %d", job, ended)
    elif paused is not None and end(paused, engine.files, os.geteuid()):
        LOG.warning("%s: worker %d was ended, which held the database", job, paused.pid)


def _kind(attempt: Attempt) -> Kind:
    kind = KINDS.get(attempt.job.kind)
    if kind is None:
        raise BugError("unknown_kind", f"No worker knows what a job of the kind '{attempt.job.kind}' is.")
    return kind
