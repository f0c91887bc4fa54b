"""Whether two addresses lead to one database: what one of them takes there, the other cannot have. It takes no right,
and nobody can tell by names: a server has many, and copies of a server share whatever it says of itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager

from entrepot.databases.mysql.address import Address
from entrepot.databases.mysql.connect import connect
from entrepot.databases.mysql.failures import translated

TRY = (
    "SELECT GET_LOCK(CONCAT('entrepot ', MD5(IF(@@lower_case_table_names, LOWER(DATABASE()), DATABASE())), ' ', %s), 0)"
)
"""A lock is one of the server, so that the database is in its name."""


@contextmanager
def claimed(address: Address, word: int) -> Iterator[None]:
    with _tried(address, word):
        yield


def is_claimed(address: Address, word: int) -> bool:
    with _tried(address, word) as free:
        return not free


@contextmanager
def _tried(address: Address, word: int) -> Iterator[bool]:
    """It goes with the connection."""
    with closing(connect(address)) as connection:
        with translated("telling two databases apart"), connection.cursor() as cursor:
            cursor.execute(TRY, [f"{word:x}"])
            found = cursor.fetchone()
        yield bool(found and found[0])
