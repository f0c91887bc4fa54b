"""What the kinds of jobs come to: the composition root of the worker, as `service` is that of whoever asks."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

from entrepot.access.permissions import Principal, Role
from entrepot.adapters import Adapters, elsewhere_kept
from entrepot.bystanders import SystemClock
from entrepot.config.load import load_settings
from entrepot.config.own_records import own_place
from entrepot.config.queues import listened_to
from entrepot.config.secrets import resolve_secret
from entrepot.config.settings import Loaded
from entrepot.jobs.housekeeping.chore import Housekeeping
from entrepot.jobs.notices.courier import Courier
from entrepot.jobs.orders.places import Place
from entrepot.jobs.orders.requests import CLEANUP, EXPORT, IMPORT, PREVIEW, UNDO, VERIFY, read_back
from entrepot.jobs.orders.waking import at_hand, is_awake, wake
from entrepot.jobs.schedules.clockwork import Clockwork
from entrepot.jobs.worker.begin import waited_for
from entrepot.jobs.worker.chores import LAST_CHORE, quietly
from entrepot.jobs.worker.claims import Claims
from entrepot.jobs.worker.hands import Hands
from entrepot.jobs.worker.loop import Loop
from entrepot.jobs.worker.running import Attempt
from entrepot.ledger.processes import end, this_process
from entrepot.model.errors import BugError
from entrepot.model.fabric import Making, PartRecord
from entrepot.model.lives import Life
from entrepot.model.ports import Engine
from entrepot.model.records import Document
from entrepot.model.sessions import Signing
from entrepot.protection import named_engine
from entrepot.state import State, open_state
from entrepot.use_cases.notices import SettingsTargets
from entrepot.use_cases.telemetry import sending_traces, serving_metrics
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
            principal=principal_of(attempt.order.principal),
            reporter=attempt.reporter,
            cancel=attempt.cancel,
            clock=SystemClock(),
            home=Path(place.folder),
            origin="worker",
            order=attempt.job,
            tell=attempt.tell,
        )


def _settings(place: Place) -> Path | None:
    return Path(place.settings) if place.settings else None


def _end_former(attempt: Attempt, engine: Engine) -> None:
    """What an attempt before this one has open. A file is held by the process itself, so that this one is ended, if it
    is paused on this machine."""
    job, paused = attempt.job.id, attempt.paused
    if isinstance(engine, Signing):
        if ended := engine.end_former():
            LOG.warning("%s: sessions of an attempt before this one were ended: %d", job, ended)
    elif paused is not None and engine.files and end(paused):
        LOG.warning("%s: worker %d was ended, which held the database", job, paused.pid)


def _kind(attempt: Attempt) -> Kind:
    kind = KINDS.get(attempt.job.kind)
    if kind is None:
        raise BugError("unknown_kind", f"No worker knows what a job of the kind '{attempt.job.kind}' is.")
    return kind


def principal_of(said: Document) -> Principal:
    return Principal(name=said["name"], role=Role(said["role"]), tenant=said.get("tenant"))


def run_worker(
    config: Path | None,
    places: int,
    idle_exit: float | None,
    stopped: Callable[[Callable[[], None]], object],
    *,
    metrics: str | None = None,
    queues: Sequence[str] = (),
) -> None:
    """A worker of the state folder, until it is stopped or has nothing to do. `stopped` is given what stops it;
    `metrics` is the address where it tells what operators watch; without `queues` it listens to all."""
    read = partial(load_settings, os.environ, Path.cwd(), config)
    loaded = read()
    clockwork, courier = Clockwork(read, loaded.file), Courier(targets=SettingsTargets(environment=os.environ))
    housekeeping = Housekeeping(jobs_kept=loaded.settings.retention.jobs)
    folder, elsewhere = loaded.state.absolute(), elsewhere_kept(loaded, os.environ)
    listened = listened_to(queues, loaded, alone=elsewhere.url is None)
    opening, going = partial(open_state, folder, SystemClock(), elsewhere=elsewhere), threading.Event()
    stopped(going.set)
    with waited_for(opening, going, stays=idle_exit is None) as state:
        if state is None:
            return
        with serving_metrics(metrics, state, read), sending_traces(os.environ) as around:
            quietly(clockwork, state)
            more = {"places": places, "idle_exit": idle_exit, "around": around}
            begin = partial(_loop, state, loaded, listened, chores=(clockwork, courier, housekeeping), **more)
            if _worked(state, loaded, begin, stopped):
                courier.last_round(state)
            housekeeping.leave(LAST_CHORE)


def _loop(state: State, loaded: Loaded, queues: Sequence[str], owner: str, **more: Any) -> Loop:
    limits, work = loaded.settings.work, Works(own_place(loaded, os.environ))
    claims = Claims(state=state, owner=owner, queues=queues, limits=limits)
    hands = Hands(state=state, owner=owner, work=work, limits=limits) if state.ledger.home.several else None
    return Loop(state=state, claims=claims, work=work, hands=hands, lease=limits.lease, **more)


def _worked(
    state: State,
    loaded: Loaded,
    begin: Callable[[str], Loop],
    stopped: Callable[[Callable[[], None]], object],
) -> bool:
    """Until there is nothing to do; False: it was asked to go before."""
    life = Life(process=this_process(), lease=loaded.settings.work.lease)
    while True:
        with at_hand(state.folder, life, alone=not state.ledger.home.several), state.owning(life) as owner:
            loop = begin(owner)
            stopped(loop.stop)
            loop.run()
        if loop.outdated is not None:
            _leave_to_the_next(loop.outdated, loaded, loop.idle_exit)
        if loop.stopping.is_set():
            return False
        if state.ledger.orders.open_in(loop.claims.queues) == 0 or is_awake(state.folder):
            return True


def _leave_to_the_next(outdated: Exception, loaded: Loaded, idle_exit: float | None) -> NoReturn:
    """A deploy has put a newer version in our place. Who was started by itself starts that one; the others have
    somebody who starts them again."""
    if idle_exit:
        wake(loaded.state.absolute(), own_place(loaded, os.environ), loaded.file)
    raise outdated
