"""Which row became which: a second import from the same source finds what the first one made.

What a job found out is written before its commit, and counts from the moment that the job is known to have happened;
so it is right whatever ends the process. What two imports of one source would find out at the same time, only one of
them may write: the other one did not know of it when it decided which rows are new.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    delete,
    exists,
    func,
    insert,
    literal,
    not_,
    select,
    tuple_,
    update,
)

from entrepot.ledger.records import Records, require_owner
from entrepot.ledger.tables import IDENTITY, JOBS
from entrepot.ledger.turns import take_turn
from entrepot.model.errors import ChangedError, UnavailableError
from entrepot.model.records import JobRecord, Status

T = TypeVar("T")
AT_ONCE = 10_000
APPLIED = (Status.COMPLETED, Status.PARTIAL)
Contributors = frozenset[tuple[str, str, str | None]]
"""Jobs, how they ended, and which other one took something of them away."""


@dataclass(frozen=True, kw_only=True)
class Scope:
    """Whose ids they are."""

    database: str
    source: str
    tenant: str
    """Empty: an import for all."""
    entity: str


class Identities:
    def __init__(self, records: Records) -> None:
        self._records = records

    def happened(self, database: str, **which: str) -> frozenset[str]:
        """The jobs that said something of it, or of a source and a tenant there."""
        mine = (IDENTITY.c[name] == value for name, value in {"database": database, **which}.items())
        query = select(IDENTITY.c.job).distinct().join(JOBS, JOBS.c.id == IDENTITY.c.job)
        with self._records.reading() as connection:
            return frozenset(connection.execute(query.where(*mine, JOBS.c.status.in_(APPLIED))).scalars())

    def entities(self, database: str, source: str, tenant: str, but: Collection[str] = ()) -> frozenset[str]:
        """Of which it has ids of its own: that its rows were taken back makes these nobody else's. An import that came
        to nothing said nothing; one that is at work may have."""
        mine = (IDENTITY.c.database == database, IDENTITY.c.source == source, IDENTITY.c.tenant == tenant)
        nothing = [status for status in Status if status.final and status not in APPLIED]
        said = (JOBS.c.status.not_in(nothing), IDENTITY.c.job.not_in(but))
        query = select(IDENTITY.c.entity).distinct().join(JOBS, JOBS.c.id == IDENTITY.c.job)
        with self._records.reading() as connection:
            return frozenset(connection.execute(query.where(*mine, *said)).scalars())

    def all(self, scope: Scope, but: Collection[str] = ()) -> Iterator[tuple[str, str]]:
        """(id of the source, key here), the newest of each, apart from those of some jobs."""
        newest = func.row_number().over(
            partition_by=IDENTITY.c.source_key, order_by=(JOBS.c.created_at.desc(), JOBS.c.id.desc())
        )
        counting = (
            select(IDENTITY.c.source_key, IDENTITY.c.target_key, newest.label("place"))
            .join(JOBS, JOBS.c.id == IDENTITY.c.job)
            .where(_of(scope), _counts(), IDENTITY.c.job.not_in(but))
            .subquery()
        )
        query = select(counting.c.source_key, counting.c.target_key).where(counting.c.place == 1)
        with self._records.reading() as connection:
            for some in connection.execution_options(yield_per=AT_ONCE).execute(query).partitions():
                yield from ((row.source_key, row.target_key) for row in some)

    def contributors(self, scope: Scope) -> Contributors:
        with self._records.reading() as connection:
            return _contributors(connection, scope)

    def remember(self, job: JobRecord, scope: Scope, pairs: Iterable[tuple[str, str]], seen: Contributors) -> None:
        """All of them or none, and instead of what the job wrote there before. `seen`: who had written when it was
        decided what is new."""
        with self._records.writing() as connection:
            require_owner(connection, job)
            take_turn(connection, IDENTITY.name, scope.database, scope.entity)
            connection.execute(delete(IDENTITY).where(_of(scope), IDENTITY.c.job == job.id))
            _check(_contributors(connection, scope), seen, scope)
            for some in _parts(pairs, AT_ONCE):
                rows = [{**vars(scope), "source_key": own, "target_key": now, "job": job.id} for own, now in some]
                connection.execute(insert(IDENTITY), rows)

    def is_known(self, database: str, entity: str) -> bool:
        """Whether any source has brought rows of it."""
        query = select(IDENTITY.c.job).where(IDENTITY.c.database == database, IDENTITY.c.entity == entity).limit(1)
        with self._records.reading() as connection:
            return connection.execute(query).first() is not None

    def take_away(self, job: JobRecord, entity: str, keys: Iterable[str], but: Collection[str] = ()) -> None:
        """Rows that go if that job happens: what counts of them now counts no more then, apart from what some jobs said
        of other rows. Of an attempt that came to nothing nothing counts."""
        mine = (IDENTITY.c.database == job.database, IDENTITY.c.entity == entity, IDENTITY.c.gone_by == job.id)
        happened = exists().where(JOBS.c.id == IDENTITY.c.job, JOBS.c.status.in_(APPLIED))
        with self._records.writing() as connection:
            require_owner(connection, job)
            take_turn(connection, IDENTITY.name, job.database, entity)
            connection.execute(update(IDENTITY).where(*mine).values(gone_by=None))
            for some in _parts(keys, AT_ONCE // 20):
                rows = (*_rows(job, entity, some), happened, not_(_gone()), IDENTITY.c.job.not_in(but))
                connection.execute(update(IDENTITY).where(*rows).values(gone_by=job.id))

    def bring_back(self, undo: JobRecord, entity: str, keys: Iterable[str]) -> None:
        """Rows that come back if that undo happens: what the job that it takes back ended of them counts again then,
        as if the undo had found it out. A row that did not come back stays unknown."""
        columns = [column for column in IDENTITY.c if column is not IDENTITY.c.gone_by]
        found = [literal(undo.id) if column is IDENTITY.c.job else column for column in columns]
        ended = (IDENTITY.c.gone_by == undo.undoes, not_(_newer_of(undo)))
        with self._records.writing() as connection:
            require_owner(connection, undo)
            take_turn(connection, IDENTITY.name, undo.database, entity)
            connection.execute(delete(IDENTITY).where(IDENTITY.c.entity == entity, IDENTITY.c.job == undo.id))
            for some in _parts(keys, AT_ONCE // 20):
                rows = select(*found).where(*_rows(undo, entity, some), *ended)
                connection.execute(insert(IDENTITY).from_select(columns, rows))


def _rows(job: JobRecord, entity: str, keys: Sequence[str]) -> tuple[ColumnElement[bool], ...]:
    return (IDENTITY.c.database == job.database, IDENTITY.c.entity == entity, IDENTITY.c.target_key.in_(keys))


def _of(scope: Scope) -> ColumnElement[bool]:
    return and_(*(IDENTITY.c[name] == value for name, value in vars(scope).items()))


def _counts() -> ColumnElement[bool]:
    """Its job happened, and none that took the row away."""
    return and_(JOBS.c.status.in_(APPLIED), not_(_gone()))


def _gone() -> ColumnElement[bool]:
    taker = JOBS.alias("taker")
    return exists().where(taker.c.id == IDENTITY.c.gone_by, taker.c.status.in_(APPLIED))


def _newer_of(undo: JobRecord) -> ColumnElement[bool]:
    """Of two rows that one id became, and that went together, the newer one counted."""
    other, its, mine = IDENTITY.alias("other"), JOBS.alias("its"), JOBS.alias("mine")
    same = (other.c[name] == IDENTITY.c[name] for name in (*Scope.__dataclass_fields__, "source_key"))
    newer = tuple_(its.c.created_at, its.c.id) > tuple_(mine.c.created_at, mine.c.id)
    jobs = (its.c.id == other.c.job, mine.c.id == IDENTITY.c.job)
    return exists().where(*same, other.c.gone_by == undo.undoes, *jobs, newer)


def _contributors(connection: Connection, scope: Scope) -> Contributors:
    query = (
        select(IDENTITY.c.job, JOBS.c.status, IDENTITY.c.gone_by)
        .distinct()
        .join(JOBS, JOBS.c.id == IDENTITY.c.job)
        .where(_of(scope))
    )
    return frozenset((row.job, str(row.status), row.gone_by) for row in connection.execute(query))


def _check(now: Contributors, seen: Contributors, scope: Scope) -> None:
    if any(not Status(status).final for _, status, _ in now):
        raise UnavailableError(
            "source_in_use",
            f"Another import of '{scope.source}' is at work, or nobody can say yet what became of it. Nothing was"
            " written.",
            remedy="Wait until it is done, and import it again.",
        )
    if now != seen:
        raise ChangedError(
            "source_changed",
            f"Since the file was read, another import of '{scope.source}' brought rows of {scope.entity} in, or took"
            " them back. Nothing was written.",
            remedy="Import it again.",
        )


def _parts(values: Iterable[T], size: int) -> Iterator[Sequence[T]]:
    iterator = iter(values)
    while part := list(islice(iterator, size)):
        yield part
