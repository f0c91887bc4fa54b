"""Submissions for all faces: what is asked for is looked at, and written down for a worker."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from entrepot.access.permissions import Verb, bound_tenant, is_bound, require
from entrepot.adapters import Adapters
from entrepot.config.own_records import own_place
from entrepot.exporting.plan import ExportOptions
from entrepot.exports import Exports
from entrepot.jobs.orders.asking import again, cancel, order_of, view
from entrepot.jobs.orders.giving import download
from entrepot.jobs.orders.places import place_of
from entrepot.jobs.orders.requests import EXPORT, ExportOrder, must_be_open, written
from entrepot.jobs.orders.waking import must_be_installed, wake
from entrepot.jobs.orders.watching import Told, follow
from entrepot.ledger.records import unknown_id
from entrepot.model.errors import InputError
from entrepot.model.orders import EventRecord, JobView, Wish
from entrepot.model.records import Document, JobRecord
from entrepot.model.selection import Selection

if TYPE_CHECKING:
    from entrepot.state import State


@dataclass(frozen=True, kw_only=True)
class Manner:
    """How a job is to be done, whatever it is."""

    priority: int = 0
    """The lower, the sooner."""
    key: str | None = None
    """What makes asking twice asking once."""
    time_limit: int | None = None
    """In seconds."""
    wake: bool = True
    """Start a worker if none lives; otherwise somebody runs one."""


@dataclass(frozen=True, kw_only=True)
class Submissions:
    adapters: Adapters

    def export(
        self, to: str | Path | None, asked: Selection, named: str | None, options: ExportOptions, manner: Manner
    ) -> JobRecord:
        must_be_open(options)
        database = Exports(adapters=self.adapters).check(to, asked, named, options)
        home = Path.cwd()
        order = ExportOrder(
            place=place_of(self.adapters.db, self.adapters.loaded, home),
            to=None if to is None else _absolute(to, home),
            selection=asked,
            named=named,
            options=options,
        )
        tenant = bound_tenant(self.adapters.principal, asked.tenant)
        return self._submit(EXPORT, written(order), database, tenant, manner)

    def jobs(self, limit: int, kind: str | None) -> tuple[JobRecord, ...]:
        """The newest first; of those that others submitted, whoever is bound to a tenant sees none."""
        with self._opened() as state:
            found = state.ledger.jobs.latest(limit, kind=kind)
            return tuple(job for job in found if self._may_see(state, job.id))

    def job(self, id: str) -> JobView:
        with self._opened() as state:
            return view(state, self._seen(state, id))

    def follow(self, id: str, after: int, wait: Callable[[float], object]) -> Iterator[Told]:
        with self._opened() as state:
            self._seen(state, id)
            self._wake(state)
            yield from follow(state, id, after, wait)

    def events(self, id: str, after: int) -> tuple[EventRecord, ...]:
        with self._opened() as state:
            return state.ledger.events.after(self._seen(state, id).id, after)

    def cancel(self, id: str) -> JobRecord:
        with self._opened() as state:
            self._seen(state, id)
            asked = cancel(state, id)
            if not asked.status.final:
                self._wake(state)
            return asked

    def retry(self, id: str) -> JobRecord:
        with self._opened() as state:
            self._seen(state, id)
            must_be_installed()
            job = again(state, id)
            self._wake(state)
            return job

    def download(self, id: str, to: Path, *, into_folder: bool) -> tuple[Path, ...]:
        with self._opened() as state:
            return download(state, self._seen(state, id), to, into_folder=into_folder or to.is_dir())

    def _submit(self, kind: str, request: Document, database: str, tenant: str | None, manner: Manner) -> JobRecord:
        _must_make_sense(manner)
        if manner.wake:
            must_be_installed()
        wish = Wish(
            kind=kind,
            request=request,
            database=database,
            principal=self._principal(),
            tenant=tenant,
            priority=manner.priority,
            key=manner.key,
            time_limit=manner.time_limit,
        )
        with self.adapters.state() as state:
            job = state.ledger.orders.submit(wish)
            if manner.wake:
                self._wake(state)
            return job

    def _wake(self, state: State) -> None:
        loaded, environment = self.adapters.loaded, self.adapters.environment
        wake(state.folder, {**environment, **own_place(loaded, environment)}, loaded.file)

    def _principal(self) -> Document:
        principal = self.adapters.principal
        return {"name": principal.name, "role": principal.role.value, "tenant": principal.tenant}

    @contextmanager
    def _opened(self) -> Iterator[State]:
        require(self.adapters.principal, Verb.SEE_CATALOG)
        with self.adapters.state() as state:
            yield state

    def _seen(self, state: State, id: str) -> JobRecord:
        job = state.ledger.jobs.get(id)
        if not self._may_see(state, id):
            raise unknown_id("job", id)
        return job

    def _may_see(self, state: State, id: str) -> bool:
        principal = self.adapters.principal
        if not is_bound(principal):
            return True
        order = order_of(state, id)
        return order is not None and order.tenant is not None and order.tenant == principal.tenant


def _absolute(to: str | Path, home: Path) -> str:
    """A slash at the end says that it is a folder."""
    return str(home / to) + ("/" if str(to).endswith("/") else "")


def _must_make_sense(manner: Manner) -> None:
    if manner.time_limit is not None and manner.time_limit <= 0:
        raise InputError(
            "wrong_time_limit", f"A time limit of {manner.time_limit} seconds is none.", remedy="Give it more."
        )
