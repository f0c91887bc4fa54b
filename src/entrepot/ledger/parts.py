"""Parts of large jobs: offered by whoever has the job, made by any worker, and gone when the attempt is over."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Connection, delete, insert, select, tuple_, update

from entrepot.ledger.jobs import NOBODY
from entrepot.ledger.records import Records, require_owner
from entrepot.ledger.tables import JOBS
from entrepot.ledger.taking import reached
from entrepot.ledger.turns import take_turn
from entrepot.ledger.work_tables import ORDERS, PARTS
from entrepot.model.fabric import PartRecord, PartState
from entrepot.model.limits import Limits
from entrepot.model.records import Document, JobRecord

FRESH = {"owner": NOBODY, "beats": 0, "rows": 0, "made": None}
OFFERED = [PARTS.c[name] for name in ("id", "job", "epoch", "number", "function", "spec")]
STATES = [PARTS.c[name] for name in ("id", "number", "owner", "beats", "rows", "made")]


class Parts:
    def __init__(self, records: Records) -> None:
        self._records = records

    def offer(self, job: JobRecord, function: str, specs: Sequence[Document]) -> None:
        """To all workers, by the owner of the job alone."""
        parts = [self._part(job, number, function, spec) for number, spec in enumerate(specs)]
        with self._records.writing() as connection:
            require_owner(connection, job)
            connection.execute(insert(PARTS), [{**vars(part), **FRESH} for part in parts])

    def _part(self, job: JobRecord, number: int, function: str, spec: Document) -> PartRecord:
        fresh = self._records.new_id("part")
        return PartRecord(id=fresh, job=job.id, epoch=job.epoch, number=number, function=function, spec=spec)

    def states(self, job: JobRecord) -> tuple[PartState, ...]:
        """Of what this attempt offered, in order."""
        query = select(*STATES).where(PARTS.c.job == job.id, PARTS.c.epoch == job.epoch).order_by(PARTS.c.number)
        with self._records.reading() as connection:
            return tuple(_state(dict(row._mapping)) for row in connection.execute(query))

    def waiting(self, owner: str, but: Collection[tuple[str, int]] = ()) -> PartRecord | None:
        """The first that nobody has, of a job that somebody else works on; `but` for those jobs and epochs."""
        query = (
            select(*OFFERED)
            .join(JOBS, (JOBS.c.id == PARTS.c.job) & (JOBS.c.epoch == PARTS.c.epoch))
            .join(ORDERS, ORDERS.c.job == JOBS.c.id)
            .where(PARTS.c.owner == NOBODY, JOBS.c.finished_at.is_(None), ORDERS.c.cancel_asked_at.is_(None))
            .where(JOBS.c.owner != owner)
            .order_by(PARTS.c.job, PARTS.c.number)
        )
        if but:
            query = query.where(tuple_(PARTS.c.job, PARTS.c.epoch).not_in(tuple(but)))
        with self._records.reading() as connection:
            found = connection.execute(query.limit(1)).first()
        return None if found is None else _offered(dict(found._mapping))

    def take(self, part: PartRecord, owner: str, limits: Limits, dead: Collection[str] = ()) -> bool:
        """Whether it is theirs now. In turn, as orders are taken: it counts like one more job at work."""
        about = select(JOBS.c.database, ORDERS.c.tenant).join(ORDERS, ORDERS.c.job == JOBS.c.id)
        with self._records.writing() as connection:
            take_turn(connection, "taking")
            found = connection.execute(about.where(JOBS.c.id == part.job)).first()
            if found is None or reached(connection, limits, dead).holds_back(*found):
                return False
            return _changed(connection, part.id, NOBODY, owner=owner)

    def take_back(self, part: PartState, owner: str) -> bool:
        """By the owner of the job, from whoever has it; False: it is made by now, or somebody else's."""
        with self._records.writing() as connection:
            return _changed(connection, part.id, part.owner, owner=owner)

    def beat(self, part: PartRecord, owner: str, rows: int) -> bool:
        """Whether it is still theirs, and wanted."""
        with self._records.writing() as connection:
            return _changed(connection, part.id, owner, beats=PARTS.c.beats + 1, rows=rows)

    def finish(self, part: PartRecord, owner: str, rows: int, made: Document) -> bool:
        with self._records.writing() as connection:
            return _changed(connection, part.id, owner, made=made, rows=rows)

    def release(self, part: PartRecord, owner: str) -> None:
        with self._records.writing() as connection:
            _changed(connection, part.id, owner, owner=NOBODY, rows=0)

    def drop(self, job: JobRecord) -> tuple[Document, ...]:
        """All that this attempt offered, and those before it; what came of them."""
        theirs = (PARTS.c.job == job.id, PARTS.c.epoch <= job.epoch)
        with self._records.writing() as connection:
            made = connection.execute(delete(PARTS).where(*theirs).returning(PARTS.c.made)).scalars().all()
        return tuple(each for each in made if each is not None)


def _changed(connection: Connection, part: str, holder: str, **changed: Any) -> bool:
    """As long as it is not made."""
    theirs = (PARTS.c.id == part, PARTS.c.owner == holder, PARTS.c.made.is_(None))
    return bool(connection.execute(update(PARTS).where(*theirs).values(**changed)).rowcount)


def _offered(columns: dict[str, Any]) -> PartRecord:
    return PartRecord(**columns)


def _state(columns: dict[str, Any]) -> PartState:
    return PartState(**columns)
