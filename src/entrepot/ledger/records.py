"""What all topics of the ledger stand on: transactions, the moment, fresh ids, and whose a job is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, Row, select

from entrepot.ledger.failures import translated
from entrepot.ledger.tables import JOBS
from entrepot.model.errors import ChangedError, InputError, StorageError
from entrepot.model.identifiers import Identifiers
from entrepot.model.ports import Clock
from entrepot.model.records import JobRecord

WRITES = "entrepot_writes"
"""The option of a connection whose transactions take the right to write at their beginning."""


class Records:
    """Short transactions only, and never one inside another: a writer holds a lock."""

    def __init__(
        self,
        engine: Engine,
        place: Path,
        clock: Clock,
        chance: Callable[[int], bytes],
        lock: Callable[[], AbstractContextManager[None]] = nullcontext,
    ) -> None:
        self.engine = engine
        self.place = place
        self._writer = engine.execution_options(**{WRITES: True})
        self._clock = clock
        self._identifiers = Identifiers(clock, chance)
        self.alone = lock
        self._file: tuple[int, int] | None = None

    def watch(self) -> None:
        """From now on, what is written must go into the file that is there now."""
        self._file = identity(self.place)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One snapshot."""
        with translated(self.place), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """All or nothing, and on the disk when the block has ended."""
        with translated(self.place), self.alone():
            if self._file not in (None, identity(self.place)):
                raise gone(self.place)
            with self._writer.begin() as connection:
                yield connection

    def now(self) -> datetime:
        return self._clock.now()

    def new_id(self, prefix: str) -> str:
        return self._identifiers.new(prefix)


def identity(file: Path) -> tuple[int, int] | None:
    """None: there is no such file."""
    try:
        found = file.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


def gone(place: Path) -> StorageError:
    """A file without a name takes what is written into it, and is lost with the last process that has it open."""
    return StorageError(
        "state_gone",
        f"{place} was deleted or replaced while it was in use.",
        remedy="Leave the state folder alone while something runs, and run it again.",
    )


def one(row: Row[tuple[object, ...]] | None, what: str, wanted: str) -> dict[str, object]:
    """The columns of a row that somebody asked for by its id."""
    if row is None:
        raise unknown_id(what, wanted)
    return dict(row._mapping)


def unknown_id(what: str, wanted: str) -> InputError:
    return InputError(f"unknown_{what}", f"There is no {what} '{wanted}'.", remedy="Check the id; it may have expired.")


def require_owner(connection: Connection, job: JobRecord) -> None:
    """Inside a writing transaction: `job` is still owned as `job` says, or nothing of it happens."""
    mine = select(JOBS.c.id).where(JOBS.c.id == job.id, JOBS.c.owner == job.owner, JOBS.c.epoch == job.epoch)
    if connection.execute(mine.with_for_update()).first() is None:
        raise no_longer_owner(job)


def no_longer_owner(job: JobRecord) -> ChangedError:
    return ChangedError(
        "no_longer_owner",
        f"Job {job.id} was taken over by another process, or is finished.",
        remedy="Look at what became of it before doing it again.",
    )
