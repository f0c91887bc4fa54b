"""Sessions that say which attempt at which job they belong to, by a lock that each holds, and the end of those of
earlier attempts. Neither takes a right: everybody may end his own."""

from __future__ import annotations

import time
from contextlib import closing, suppress
from typing import TYPE_CHECKING

from entrepot.databases.mysql.address import Address
from entrepot.databases.mysql.connect import connect
from entrepot.databases.mysql.failures import translated
from entrepot.databases.mysql.names import literal
from entrepot.model.sessions import Signature

if TYPE_CHECKING:
    from entrepot.databases.mysql.connect import Connection

PATIENCE, PAUSE = 10.0, 0.02
"""Seconds for the server to undo what they did."""
A_MOMENT = 5
"""Seconds for the session before this one to be gone: an attempt has one after the other that changes something."""
MOST = 100
"""Of the attempts before this one, the last ones are asked for."""


def sign(connection: Connection, signature: Signature) -> None:
    """Where locks cannot be had, an attempt after this one waits for the mark."""
    import pymysql

    with suppress(pymysql.Error), connection.cursor() as cursor:
        cursor.execute(f"SELECT GET_LOCK({literal(str(signature))}, {A_MOMENT})")


def end_former(address: Address, signature: Signature) -> int:
    with closing(connect(address)) as connection, translated("ending the sessions of an attempt that was paused"):
        found = _former(connection, signature)
        for session in found:
            _kill(connection, session)
        deadline = time.monotonic() + PATIENCE
        while found and _former(connection, signature) and time.monotonic() < deadline:
            time.sleep(PAUSE)
        return len(found)


def _kill(connection: Connection, session: int) -> None:
    """It may be gone by now, or somebody else's."""
    import pymysql

    with suppress(pymysql.Error), connection.cursor() as cursor:
        cursor.execute(f"KILL {session:d}")


def _former(connection: Connection, signature: Signature) -> list[int]:
    epochs = range(max(0, signature.epoch - MOST), signature.epoch)
    names = (str(Signature(job=signature.job, epoch=epoch)) for epoch in epochs)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(f'IS_USED_LOCK({literal(name)})' for name in names) or 'NULL'}")
        return [int(session) for session in cursor.fetchone() or () if session is not None]
