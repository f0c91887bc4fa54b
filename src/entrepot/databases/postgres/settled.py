"""What the server says of its schema may fail while somebody changes it: its functions look at what is there now,
whatever the transaction sees, and know nothing of a constraint whose table is gone."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    import psycopg

AGAIN, PAUSE = 5, 0.2
T = TypeVar("T")


def until_settled(connection: psycopg.Connection, begun: Callable[[], T]) -> T:
    """`begun` begins a transaction, in which it reads the catalog; the next one sees what has changed."""
    from psycopg.errors import InternalError_

    for _ in range(AGAIN):
        try:
            return begun()
        except InternalError_:  # "cache lookup failed for index 16506"
            connection.execute("ROLLBACK")
            time.sleep(PAUSE)
    return begun()
