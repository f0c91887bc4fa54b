"""What faces may know of jobs, and do to them: those of others are unknown to whoever is bound to a tenant."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from entrepot.access.permissions import Verb, bound_tenant, is_bound, require
from entrepot.adapters import Adapters
from entrepot.config.own_records import ledger_url, own_place
from entrepot.config.queues import known_queues, queue_for
from entrepot.jobs.orders.asking import again, as_asked, cancel, in_words, order_of, view
from entrepot.jobs.orders.giving import download
from entrepot.jobs.orders.lookout import Told, Watcher
from entrepot.jobs.orders.waking import wake
from entrepot.jobs.orders.watching import follow, watching
from entrepot.ledger.records import unknown_id
from entrepot.model.errors import InputError
from entrepot.model.orders import HELD, EventRecord, JobView
from entrepot.model.records import JobRecord
from entrepot.model.spoken import Said, system_of

if TYPE_CHECKING:
    from entrepot.state import State


@dataclass(frozen=True, kw_only=True)
class Inquiries:
    adapters: Adapters

    def jobs(self, limit: int, kind: str | None) -> tuple[JobRecord, ...]:
        """The newest first; of those that others submitted, whoever is bound to a tenant sees none."""
        with self._opened() as state:
            if not is_bound(self.adapters.principal):
                return state.ledger.jobs.latest(limit, kind=kind)
            return self._own(state, limit, kind)

    def _own(self, state: State, limit: int, kind: str | None) -> tuple[JobRecord, ...]:
        """However many of others are newer."""
        tenant, database, asked = bound_tenant(self.adapters.principal, None), self._database, limit
        while True:
            found = state.ledger.jobs.latest(asked, kind=kind, database=database, tenant=tenant)
            own = tuple(job for job in found if self._may_see(state, job))
            if len(own) >= limit or len(found) < asked:
                return own[:limit]
            asked *= 2

    def job(self, id: str) -> JobView:
        with self._opened() as state:
            loaded = self.adapters.loaded
            return view(state, self._seen(state, id), loaded.settings.work, known_queues(loaded))

    def words(self, system: str, ids: Sequence[str]) -> tuple[Said, ...]:
        """How the jobs are, as that system says it."""
        spoken = system_of(system)
        with self._opened() as state:
            return tuple(in_words(state, self._seen(state, one), spoken) for one in ids)

    def follow(self, id: str, after: int) -> Iterator[Told]:
        self.must_be_known(id)
        yield from follow(self.watched, id, after)

    def must_be_known(self, id: str) -> None:
        """By whoever asks; and somebody works on it."""
        with self._opened() as state:
            self._seen(state, id)
            wake_for(self.adapters, state)

    def watched(self, watcher: Watcher) -> AbstractContextManager[None]:
        """One thread looks for all who watch here, and whether a worker that has died is followed by another."""
        loaded, environment = self.adapters.loaded, self.adapters.environment
        place = ledger_url(loaded, environment) or str(loaded.state.absolute())
        return watching(watcher, place, self.adapters.state, partial(wake_for, self.adapters))

    def events(self, id: str, after: int) -> tuple[EventRecord, ...]:
        with self._opened() as state:
            return state.ledger.events.after(self._seen(state, id).id, after)

    def cancel(self, id: str) -> JobRecord:
        with self._opened() as state:
            self._seen(state, id)
            asked = cancel(state, id)
            if not asked.status.final:
                wake_for(self.adapters, state)
            return asked

    def retry(self, id: str) -> JobRecord:
        with self._opened() as state:
            queue = self._queue(state, self._seen(state, id))
            job = again(state, id, as_asked(self.adapters.principal), queue)
            wake_for(self.adapters, state)
            return job

    def _queue(self, state: State, job: JobRecord) -> str:
        """One that was held is in none, and goes where a start would have put it."""
        order = order_of(state, job.id)
        tenant, name = (None, None) if order is None else (order.tenant, order.queue)
        return queue_for(job.kind, tenant, None if name == HELD else name, self.adapters.loaded, job.id)

    def download(self, id: str, to: Path, *, into_folder: bool) -> tuple[Path, ...]:
        with self._opened() as state:
            return download(state, self._seen(state, id), to, into_folder=into_folder or to.is_dir())

    @contextmanager
    def _opened(self) -> Iterator[State]:
        require(self.adapters.principal, Verb.SEE_CATALOG)
        with self.adapters.state() as state:
            yield state

    def _seen(self, state: State, id: str) -> JobRecord:
        try:
            job = state.ledger.jobs.get(id)
        except InputError:
            if is_bound(self.adapters.principal):
                raise unknown_id("job", id) from None
            raise
        if not self._may_see(state, job):
            raise unknown_id("job", id)
        return job

    def _may_see(self, state: State, job: JobRecord) -> bool:
        """A key stands for another tenant in another database. Whoever is bound to none may have named one by a name,
        which may be the key of another."""
        principal = self.adapters.principal
        if not is_bound(principal):
            return True
        order = order_of(state, job.id)
        if order is None or principal.tenant is None or order.tenant != principal.tenant:
            return False
        return order.principal.get("tenant") == principal.tenant and job.database == self._database

    @cached_property
    def _database(self) -> str:
        """The identity of the one that is worked with."""
        catalog = self.adapters.catalog()
        return f"{catalog.engine}:{catalog.database}"


def wake_for(adapters: Adapters, state: State) -> None:
    """A worker that finds the same records."""
    loaded, environment = adapters.loaded, adapters.environment
    wake(state.folder, {**environment, **own_place(loaded, environment)}, loaded.file)
