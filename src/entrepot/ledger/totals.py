"""Jobs that are over, added up by their kind and by how they ended: each is counted when it ends, in the transaction
that ends it, so that none is missing or counted twice, whoever dies; nor does a job that is forgotten."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from entrepot.ledger.turns import take_turn
from entrepot.ledger.work_tables import ORDERS, TOTALS
from entrepot.model.outcomes import bytes_of, rows_of
from entrepot.model.records import JobRecord, Status
from entrepot.model.tallies import OTHER, Ended, Tally, Total

MOST = 500
"""Kinds of ends that are told apart; a code comes from this program, and there are not so many."""
DONE = (Status.COMPLETED, Status.PARTIAL)
"""What moved rows; a look only says what would."""


def totals_of(connection: Connection) -> tuple[Total, ...]:
    rows = connection.execute(select(TOTALS).order_by(TOTALS.c.kind, TOTALS.c.status, TOTALS.c.code))
    return tuple(Total(kind=row.kind, status=row.status, code=row.code, tally=_tally(row.facts)) for row in rows)


def count_end(connection: Connection, job: JobRecord) -> None:
    """The last that the transaction does which ends a job: until it is over, no other job ends."""
    tried = connection.execute(select(ORDERS.c.attempts, ORDERS.c.deaths).where(ORDERS.c.job == job.id)).first()
    receipt = job.receipt if job.status in DONE else None
    ended = Ended(
        seconds=((job.finished_at or job.updated_at) - job.created_at).total_seconds(),
        attempts=tried.attempts if tried else 1,
        deaths=tried.deaths if tried else 0,
        rows=rows_of(receipt),
        bytes=bytes_of(receipt),
    )
    take_turn(connection, TOTALS.name)
    code = (job.error or {}).get("code", "")
    known = _known(connection, job, code)
    if known is None and connection.execute(select(func.count()).select_from(TOTALS)).scalar_one() >= MOST:
        code, known = OTHER, _known(connection, job, OTHER)
    _write(connection, (job.kind, job.status.value, code), known, ended)


def _known(connection: Connection, job: JobRecord, code: str) -> Tally | None:
    facts = connection.execute(select(TOTALS.c.facts).where(*_are(job.kind, job.status.value, code))).scalar()
    return None if facts is None else _tally(facts)


def _write(connection: Connection, whose: tuple[str, str, str], known: Tally | None, ended: Ended) -> None:
    facts = asdict((known or Tally()).plus(ended))
    if known is None:
        connection.execute(insert(TOTALS), dict(zip(("kind", "status", "code"), whose, strict=True)) | {"facts": facts})
    else:
        connection.execute(update(TOTALS).where(*_are(*whose)).values(facts=facts))


def _are(kind: str, status: str, code: str) -> tuple[Any, ...]:
    return TOTALS.c.kind == kind, TOTALS.c.status == status, TOTALS.c.code == code


def _tally(facts: Any) -> Tally:
    """What another version adds up besides is of no interest; where it cut the distributions elsewhere, they begin
    anew."""
    empty = Tally()
    said = {name: facts[name] for name in vars(empty) if name in facts}
    for name in ("lasted", "sized"):
        fits = len(said.get(name, ())) == len(getattr(empty, name))
        said[name] = tuple(said[name]) if fits else getattr(empty, name)
    return Tally(**said)
