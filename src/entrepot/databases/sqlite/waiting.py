"""SQLite waits for a lock by itself, and hears nobody meanwhile; so it waits in short turns."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")
Check = Callable[[], object]
"""Raises if somebody asked to stop."""
WAIT_SECONDS = 10.0
TURN = 0.1
"""Seconds."""
AT_LEAST = 0.01
"""Where SQLite sees that waiting is no use, it does not wait."""


def in_turns(connection: sqlite3.Connection, check: Check, do: Callable[[], Result]) -> Result:
    end = time.monotonic() + WAIT_SECONDS
    wait_at_most(connection, TURN)
    try:
        while True:
            check()
            try:
                return do()
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > end:
                    raise
                time.sleep(AT_LEAST)
    finally:
        wait_at_most(connection, WAIT_SECONDS)


def wait_at_most(connection: sqlite3.Connection, seconds: float) -> None:
    connection.execute(f"PRAGMA busy_timeout = {seconds * 1000:.0f}")


def nobody() -> None:
    """Asked to stop."""
