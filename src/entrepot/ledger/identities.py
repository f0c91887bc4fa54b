"""Which row became which: a second import from the same source finds what the first one made.

What a job found out is written before its commit, and counts from the moment that the job is known to have happened;
so it is right whatever ends the process. What two imports of one source would find out at the same time, only one of
them may write: the other one did not know of it when it decided which rows are new.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

from sqlalchemy import ColumnElement, Connection, and_, delete, exists, func, insert, not_, select, update

from entrepot.ledger.records import Records, require_owner
from entrepot.ledger.tables import IDENTITY, JOBS
from entrepot.model.errors import ChangedError, UnavailableError
from entrepot.model.records import JobRecord, Status

T = TypeVar("T")
AT_ONCE = 10_000
APPLIED = (Status.COMPLETED, Status.PARTIAL)
Contributors = frozenset[tuple[str, str, str | None]]
"""Jobs, how they ended, and which undo took something of them away."""


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

    def entities(self, database: str, source: str, tenant: str) -> frozenset[str]:
        """Of which rows came from that source."""
        mine = (IDENTITY.c.database == database, IDENTITY.c.source == source, IDENTITY.c.tenant == tenant)
        query = select(IDENTITY.c.entity).distinct().join(JOBS, JOBS.c.id == IDENTITY.c.job).where(*mine, _counts())
        with self._records.reading() as connection:
            return frozenset(connection.execute(query).scalars())

    def all(self, scope: Scope) -> Iterator[tuple[str, str]]:
        """(id of the source, key here), the newest of each."""
        newest = func.row_number().over(
            partition_by=IDENTITY.c.source_key, order_by=(JOBS.c.created_at.desc(), JOBS.c.id.desc())
        )
        counting = (
            select(IDENTITY.c.source_key, IDENTITY.c.target_key, newest.label("place"))
            .join(JOBS, JOBS.c.id == IDENTITY.c.job)
            .where(_of(scope), _counts())
            .subquery()
        )
        query = select(counting.c.source_key, counting.c.target_key).where(counting.c.place == 1)
        with self._records.reading() as connection:
            for some in connection.execute(query).partitions(AT_ONCE):
                yield from ((row.source_key, row.target_key) for row in some)

    def contributors(self, scope: Scope) -> Contributors:
        with self._records.reading() as connection:
            return _contributors(connection, scope)

    def remember(self, job: JobRecord, scope: Scope, pairs: Iterable[tuple[str, str]], seen: Contributors) -> None:
        """All of them or none, and instead of what the job wrote there before. `seen`: who had written when it was
        decided what is new."""
        with self._records.writing() as connection:
            require_owner(connection, job)
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

    def take_away(self, undo: JobRecord, entity: str, keys: Iterable[str]) -> None:
        """Rows that go if that undo happens: what was known of them counts no more then. Of an attempt that came to
        nothing nothing counts."""
        mine = (IDENTITY.c.entity == entity, IDENTITY.c.gone_by == undo.id)
        with self._records.writing() as connection:
            require_owner(connection, undo)
            connection.execute(update(IDENTITY).where(*mine).values(gone_by=None))
            for some in _parts(keys, AT_ONCE // 20):
                rows = (
                    IDENTITY.c.database == undo.database,
                    IDENTITY.c.entity == entity,
                    IDENTITY.c.target_key.in_(some),
                )
                connection.execute(update(IDENTITY).where(*rows).values(gone_by=undo.id))


def _of(scope: Scope) -> ColumnElement[bool]:
    return and_(*(IDENTITY.c[name] == value for name, value in vars(scope).items()))


def _counts() -> ColumnElement[bool]:
    """Its job happened, and no undo took the row away that was not taken back itself."""
    undo, again = JOBS.alias("undo"), JOBS.alias("again")
    brought_back = exists().where(again.c.undoes == undo.c.id, again.c.status.in_(APPLIED))
    gone = exists().where(undo.c.id == IDENTITY.c.gone_by, undo.c.status.in_(APPLIED), not_(brought_back))
    return and_(JOBS.c.status.in_(APPLIED), not_(gone))


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
