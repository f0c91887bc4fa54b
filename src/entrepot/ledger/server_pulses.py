"""Signs of life of the workers that share a ledger on a server, and the end of the sessions of one that gives none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Row, delete, select, text

from entrepot.ledger.server_owners import is_alive
from entrepot.ledger.tables import JOBS
from entrepot.ledger.work_tables import WORKERS
from entrepot.model.lives import Life, Process, Pulse

if TYPE_CHECKING:
    import psycopg

BEAT = """
INSERT INTO workers (owner, beat, lease_ms, sessions, host, machine, pid, born) VALUES (%s, 1, %s, %s, %s, %s, %s, %s)
ON CONFLICT (owner) DO UPDATE SET beat = workers.beat + 1
"""
GONE = "DELETE FROM workers WHERE owner = %s"
END = text("""
SELECT pg_terminate_backend(found.pid)
FROM workers JOIN pg_stat_activity AS found ON found.application_name = workers.sessions
JOIN pg_stat_activity AS own ON own.usesysid = found.usesysid AND own.datid = found.datid
WHERE workers.owner = :owner AND own.pid = pg_backend_pid()
""")


def beat(connection: psycopg.Connection, owner: str, life: Life, sessions: str) -> None:
    """`sessions`: what those of this process are called."""
    process = life.process
    told = (round(life.lease * 1000), sessions, process.host, process.machine, process.pid, process.born)
    connection.execute(BEAT, (owner, *told))


def end(connection: psycopg.Connection, owner: str) -> None:
    """It goes in order."""
    connection.execute(GONE, (owner,))


def pulses(connection: Connection) -> dict[str, Pulse]:
    return {row.owner: _pulse(row) for row in connection.execute(select(WORKERS))}


def _pulse(row: Row[Any]) -> Pulse:
    process = Process(host=row.host, machine=row.machine, pid=row.pid, born=row.born)
    return Pulse(life=Life(process=process, lease=row.lease_ms / 1000), beat=row.beat)


def end_sessions(connection: Connection, owner: str) -> None:
    """What a paused process has begun holds up everybody; it signs in again when it wakes up."""
    connection.execute(END, {"owner": owner})


def forget_gone(connection: Connection) -> None:
    """Of those that have left no job: as long as there is one, somebody may want to know whose it was."""
    at_work = select(JOBS.c.owner).where(JOBS.c.finished_at.is_(None))
    for owner in connection.execute(select(WORKERS.c.owner).where(WORKERS.c.owner.not_in(at_work))).scalars().all():
        if not is_alive(connection, owner):
            connection.execute(delete(WORKERS).where(WORKERS.c.owner == owner))
