"""Who works on a job, where the ledger is on a server: a session that holds a lock, which the server frees when the
process dies, whatever kills it.

A server that starts again has forgotten all locks, but not the processes that are still at work: for a while it is
believed of those that were there before that they are coming back. Whoever is taken for dead all the same cannot write
any more, neither into the ledger nor, with its mark, into the database.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from threading import Event, Thread
from typing import TYPE_CHECKING

from sqlalchemy import Connection, text

from entrepot.ledger.turns import lock_key
from entrepot.model.errors import EntrepotError

if TYPE_CHECKING:
    import psycopg

NAME = re.compile(r"session-(?P<began>\d+)-[0-9a-f]+")
LOOK = 2.0
"""Seconds between two looks at the own session, where it gives no sign of life."""
COMING_BACK = 30
"""Seconds from the start of the server."""
BEGAN = "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint"
TAKE = "SELECT pg_try_advisory_lock(%s)"
ALIVE = """
SELECT EXISTS (
    SELECT FROM pg_locks
    WHERE locktype = 'advisory' AND granted AND objsubid = 1
        AND (CAST(classid AS bigint) << 32 | CAST(objid AS bigint)) = :key
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
) OR (
    to_timestamp(:began / 1000.0) < pg_postmaster_start_time()
    AND clock_timestamp() < pg_postmaster_start_time() + make_interval(secs => CAST(:patience AS double precision))
)
"""
UNHURRIED = "SELECT set_config('synchronous_commit', 'off', false)"
"""A sign of life that is lost with the server does no harm."""
Connect = Callable[[], "psycopg.Connection"]


@dataclass(frozen=True, kw_only=True)
class Signs:
    """Of life, that an owner gives."""

    every: float
    give: Callable[[psycopg.Connection, str], object]
    """Told who."""
    end: Callable[[psycopg.Connection, str], object]


@contextmanager
def owning(connect: Connect, signs: Signs | None = None) -> Iterator[str]:
    """The name of an owner who lives as long as the block, or this process."""
    connection = connect()
    try:
        name = f"session-{_one(connection.execute(BEGAN))}-{secrets.token_hex(6)}"
        keeper = _Keeper(connect, connection, name, signs)
        keeper.sign()
    except BaseException:
        connection.close()
        raise
    keeper.start()
    try:
        yield name
    finally:
        keeper.end()


def is_alive(connection: Connection, owner: str, patience: float | None = None) -> bool:
    """Somebody of another ledger, or nobody, is not."""
    match = NAME.fullmatch(owner)
    if match is None:
        return False
    asked = {
        "key": _key(owner),
        "began": int(match["began"]),
        "patience": COMING_BACK if patience is None else patience,
    }
    return bool(connection.execute(text(ALIVE), asked).scalar_one())


class _Keeper(Thread):
    """Signs in again when the session is lost, for as long as the owner is at work."""

    def __init__(self, connect: Connect, connection: psycopg.Connection, name: str, signs: Signs | None) -> None:
        super().__init__(name=name, daemon=True)
        self._connect, self._connection, self._owner, self._signs = connect, connection, name, signs
        self._over = Event()

    def run(self) -> None:
        while not self._over.wait(LOOK if self._signs is None else self._signs.every):
            if not self._is_there():
                self._again()

    def sign(self) -> bool:
        """By a session of its own, which waits for nothing else that this process does."""
        taken = _take(self._connection, self._owner)
        if self._signs is not None:
            self._connection.execute(UNHURRIED)
            self._signs.give(self._connection, self._owner)
        return taken

    def end(self) -> None:
        """Unlocked before it is closed: the server takes a moment to notice a session that went."""
        import psycopg

        self._over.set()
        self.join()
        with suppress(psycopg.Error):
            if self._signs is not None:
                self._signs.end(self._connection, self._owner)
            self._connection.execute("SELECT pg_advisory_unlock_all()")
        self._connection.close()

    def _is_there(self) -> bool:
        import psycopg

        try:
            return self.sign()
        except psycopg.Error:
            return False

    def _again(self) -> None:
        """The old session may still have the lock: then the owner is not taken for dead, and it is tried again."""
        self._connection.close()
        with suppress(EntrepotError):
            self._connection = self._connect()


def _take(connection: psycopg.Connection, owner: str) -> bool:
    """Once more does no harm."""
    return bool(_one(connection.execute(TAKE, (_key(owner),))))


def _key(owner: str) -> int:
    return lock_key("owner", owner)


def _one(cursor: psycopg.Cursor) -> object:
    found = cursor.fetchone()
    return found[0] if found else None
