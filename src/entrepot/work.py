"""What the kinds of jobs come to: the composition root of the worker, as `service` is that of whoever asks."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from entrepot.access.permissions import Principal, Role
from entrepot.adapters import Adapters
from entrepot.auditing import Told, recorded
from entrepot.bystanders import SystemClock
from entrepot.config.load import load_settings
from entrepot.config.own_records import ledger_url, own_place
from entrepot.config.secrets import resolve_secret
from entrepot.exports import Exports
from entrepot.jobs.exported import as_written, drop_kept, keep, stands, take_back
from entrepot.jobs.orders.places import Place
from entrepot.jobs.orders.requests import EXPORT, ExportOrder, read_back
from entrepot.jobs.orders.waking import alone, is_awake
from entrepot.jobs.schedules.clockwork import Clockwork
from entrepot.jobs.worker.claims import Claims
from entrepot.jobs.worker.loop import Loop
from entrepot.jobs.worker.running import Attempt
from entrepot.jobs.worker.workflows import opened
from entrepot.model.audit import Action
from entrepot.model.errors import BugError
from entrepot.model.orders import DEFAULT_QUEUE
from entrepot.model.receipts import Receipt
from entrepot.model.records import Document, Status
from entrepot.state import State, open_state

QUEUES = (DEFAULT_QUEUE,)
CHORES: tuple[Callable[[State], object], ...] = ()
"""What a worker does once a second besides its jobs."""


@dataclass(frozen=True, kw_only=True)
class Kind:
    settled: Callable[[Attempt], bool]
    carry_out: Callable[[Attempt], None]


class Works:
    """Fulfils `jobs.worker.running.Work`."""

    def __init__(self, place: Mapping[str, str], environment: Mapping[str, str] | None = None) -> None:
        """`place`: the variables that say where our own records are."""
        self._environment = {**(os.environ if environment is None else environment), **place}
        self._kinds = {EXPORT: Kind(settled=self._export_settled, carry_out=self._export)}

    def settled(self, attempt: Attempt) -> bool:
        return self._kind(attempt).settled(attempt)

    def carry_out(self, attempt: Attempt) -> None:
        self._kind(attempt).carry_out(attempt)

    def _kind(self, attempt: Attempt) -> Kind:
        kind = self._kinds.get(attempt.job.kind)
        if kind is None:
            raise BugError("unknown_kind", f"No worker knows what a job of the kind '{attempt.job.kind}' is.")
        return kind

    def _adapters(self, place: Place, attempt: Attempt) -> Adapters:
        """As whoever asked has them: by the same settings, with the same rights."""
        environment = {name: value for name, value in self._environment.items() if name != "ENTREPOT_CONFIG"}
        by_default = environment.pop("ENTREPOT_DB", None)
        known = environment if by_default is None else {**environment, "ENTREPOT_DB": by_default}
        return Adapters(
            None if place.db is None else resolve_secret(place.db, known),
            Path(place.settings) if place.settings else None,
            environment,
            principal=principal_of(attempt.order.principal),
            reporter=attempt.reporter,
            cancel=attempt.cancel,
            clock=SystemClock(),
            home=Path(place.folder),
            origin="worker",
        )

    def _export_settled(self, attempt: Attempt) -> bool:
        state, job = attempt.state, attempt.job
        drop_kept(state, job)
        if job.receipt is None:
            return False
        if stands(job.receipt):
            state.ledger.jobs.finish(job, Status.COMPLETED, receipt=job.receipt)
            return True
        if not read_back(ExportOrder, attempt.order.request).options.overwrite:
            take_back(job.receipt)
        return False

    def _export(self, attempt: Attempt) -> None:
        order = read_back(ExportOrder, attempt.order.request)
        adapters, jobs = self._adapters(order.place, attempt), attempt.state.ledger.jobs
        what, facts = ", ".join(order.selection.entities), {"job": attempt.job.id, "tenant": order.selection.tenant}
        with recorded(adapters, Action.EXPORT, order.to, what, **facts) as told:
            if order.to is None:
                receipt = self._kept_export(order, adapters, attempt, told)
            else:
                exports = Exports(adapters=adapters, promise=partial(_promise, attempt))
                outcome = told(exports.export(order.to, order.selection, order.named, order.options))
                receipt = as_written(outcome.path, outcome.receipt_path, outcome.receipt)
        attempt.tell()
        jobs.finish(attempt.job, Status.COMPLETED, receipt=receipt)

    def _kept_export(self, order: ExportOrder, adapters: Adapters, attempt: Attempt, told: Told) -> Document:
        lasting = adapters.loaded.settings.retention.exports
        with attempt.state.artifacts.room(attempt.job.id) as room:
            exports = Exports(adapters=adapters, kept=True)
            outcome = told(exports.export(f"{room}/files/", order.selection, order.named, order.options))
            keep(attempt.state, attempt.job, outcome, lasting)
        return as_written(None, None, outcome.receipt)


def _promise(attempt: Attempt, path: Path, receipt_path: Path, receipt: Receipt) -> None:
    attempt.state.ledger.jobs.promise(attempt.job, as_written(path, receipt_path, receipt))


def principal_of(said: Document) -> Principal:
    return Principal(name=said["name"], role=Role(said["role"]), tenant=said.get("tenant"))


def run_worker(
    config: Path | None, places: int, idle_exit: float | None, stopped: Callable[[Callable[[], None]], object]
) -> None:
    """The worker of the state folder, until it is stopped or has nothing to do. `stopped` is given what stops it."""
    read = partial(load_settings, os.environ, Path.cwd(), config)
    loaded = read()
    clockwork = Clockwork(read, loaded.file)
    folder, url = loaded.state.absolute(), ledger_url(loaded, os.environ)
    with open_state(folder, SystemClock(), url=url) as state:
        clockwork(state)
        again = True
        while again:
            with alone(folder), state.owning() as owner, opened(folder, places) as workflows:
                loop = Loop(
                    state=state,
                    claims=Claims(state=state, owner=owner, queues=QUEUES),
                    work=Works(own_place(loaded, os.environ)),
                    start=workflows.start,
                    places=places,
                    idle_exit=idle_exit,
                    chores=(*CHORES, clockwork),
                )
                stopped(loop.stop)
                loop.run()
            again = not loop.stopping.is_set() and state.ledger.orders.open_in(QUEUES) > 0 and not is_awake(folder)
