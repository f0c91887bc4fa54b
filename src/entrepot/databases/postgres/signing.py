"""Sessions that say which attempt at which job they belong to, and the end of those of earlier attempts."""

from __future__ import annotations

import time
from contextlib import closing
from typing import TYPE_CHECKING
from urllib.parse import quote

from entrepot.databases.postgres.connect import connect
from entrepot.databases.postgres.failures import translated
from entrepot.model.sessions import Signature

if TYPE_CHECKING:
    import psycopg

PATIENCE, PAUSE = 10.0, 0.02
"""Seconds for the server to undo what they did."""
FORMER = """
SELECT found.pid FROM pg_stat_activity AS found, pg_stat_activity AS own
WHERE own.pid = pg_backend_pid() AND found.usesysid = own.usesysid AND found.datid = own.datid
    AND CASE WHEN found.application_name ~ %(form)s
        THEN split_part(found.application_name, ' ', 3)::bigint < %(epoch)s ELSE false END
"""
"""Of the same user: whose sessions it may end. A CASE keeps the order in which they are looked at."""


def signed(url: str, signature: Signature) -> str:
    """Of two names in an address, the last one counts."""
    return f"{url}{'&' if '?' in url else '?'}application_name={quote(str(signature))}"


def end_former(url: str, signature: Signature) -> int:
    connection, _ = connect(url)
    asked: dict[str, object] = {"form": f"^{signature.name} [0-9]{{1,18}}$", "epoch": signature.epoch}
    with closing(connection), translated("ending the sessions of an attempt that was paused"):
        found = _former(connection, asked)
        if found:
            connection.execute("SELECT pg_terminate_backend(pid) FROM unnest(%s::int[]) AS pid", (found,))
            _wait(connection, asked)
        return len(found)


def _wait(connection: psycopg.Connection, asked: dict[str, object]) -> None:
    """What is not gone by then is waited for where the mark is set."""
    deadline = time.monotonic() + PATIENCE
    while _former(connection, asked) and time.monotonic() < deadline:
        time.sleep(PAUSE)


def _former(connection: psycopg.Connection, asked: dict[str, object]) -> list[int]:
    return [pid for (pid,) in connection.execute(FORMER.encode(), asked)]
