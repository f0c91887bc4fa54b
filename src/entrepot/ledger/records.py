"""What all topics of the ledger stand on: transactions, the moment, fresh ids, and whose a job is."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime

from sqlalchemy import Connection, Row, select

from entrepot.ledger.homes import Home
from entrepot.ledger.tables import JOBS
from entrepot.model.errors import ChangedError, InputError
from entrepot.model.identifiers import Identifiers
from entrepot.model.ports import Clock
from entrepot.model.records import JobRecord


class Records:
    """Short transactions only, and never one inside another: a writer holds a lock."""

    def __init__(self, home: Home, clock: Clock, chance: Callable[[int], bytes]) -> None:
        self.home = home
        self._clock = clock
        self._identifiers = Identifiers(clock, chance)

    def reading(self) -> AbstractContextManager[Connection]:
        """One snapshot."""
        return self.home.reading()

    def writing(self) -> AbstractContextManager[Connection]:
        """All or nothing, and on the disk when the block has ended. Several may write at once: who reads first takes
        his turn (`turns`), or holds the row."""
        return self.home.writing()

    def now(self) -> datetime:
        return self._clock.now()

    def new_id(self, prefix: str) -> str:
        return self._identifiers.new(prefix)


def one(row: Row[tuple[object, ...]] | None, what: str, wanted: str) -> dict[str, object]:
    """The columns of a row that somebody asked for by its id."""
    if row is None:
        raise unknown_id(what, wanted)
    return dict(row._mapping)


def unknown_id(what: str, wanted: str) -> InputError:
    return InputError(f"unknown_{what}", f"There is no {what} '{wanted}'.", remedy="Check the id; it may have expired.")


def require_owner(connection: Connection, job: JobRecord) -> None:
    """Inside a writing transaction: `job` is still owned as `job` says, and nobody takes it over before the end of it;
    or nothing of it happens. What the owner writes of two topics at once does not wait for itself."""
    mine = select(JOBS.c.id).where(JOBS.c.id == job.id, JOBS.c.owner == job.owner, JOBS.c.epoch == job.epoch)
    if connection.execute(mine.with_for_update(read=True)).first() is None:
        raise no_longer_owner(job)


def no_longer_owner(job: JobRecord) -> ChangedError:
    return ChangedError(
        "no_longer_owner",
        f"Job {job.id} was taken over by another process, or is finished.",
        remedy="Look at what became of it before doing it again.",
    )
