"""Whether two addresses lead to one database: what one of them takes there, the other cannot have. It takes no right,
and nobody can tell by names: a server has many, and copies of a server share whatever it says of itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager

from entrepot.databases.postgres.connect import connect
from entrepot.databases.postgres.failures import translated

TRY = b"SELECT pg_catalog.pg_try_advisory_xact_lock(%s)"
"""For one transaction, and thereby through every pooler."""


@contextmanager
def claimed(url: str, word: int) -> Iterator[None]:
    with _tried(url, word):
        yield


def is_claimed(url: str, word: int) -> bool:
    with _tried(url, word) as free:
        return not free


@contextmanager
def _tried(url: str, word: int) -> Iterator[bool]:
    connection, _ = connect(url)
    with closing(connection), translated("telling two databases apart"):
        connection.execute("BEGIN READ ONLY")
        found = connection.execute(TRY, [word]).fetchone()
        yield bool(found and found[0])
        connection.execute("ROLLBACK")
