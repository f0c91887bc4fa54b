"""Who reads before he writes: one after the other, where a database lets several write at once."""

from __future__ import annotations

import hashlib

from sqlalchemy import Connection, text

SERVER = "postgresql"
NAMESPACE = "entrepot"


def take_turn(connection: Connection, *names: str) -> None:
    """Inside a writing transaction, and before it reads: until it ends, nobody else is at what these names mean.
    SQLite has one writer anyway."""
    if connection.dialect.name == SERVER:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": lock_key(*names)})


def lock_key(*names: str) -> int:
    """The number that stands for them among the locks of a database, which the application may use, too."""
    digest = hashlib.sha256("\0".join((NAMESPACE, *names)).encode("utf-8", "surrogateescape")).digest()
    return int.from_bytes(digest[:8], "big", signed=True)
