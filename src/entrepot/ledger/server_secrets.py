"""The key of an installation whose ledger is on a server: random bytes in a table, so that all machines have one."""

from __future__ import annotations

import secrets

from sqlalchemy import Connection, insert, select

from entrepot.ledger.secrets import BYTES
from entrepot.ledger.tables import INSTALLATION
from entrepot.model.errors import DamagedError

NAME = "key"


def known_secret(connection: Connection, place: str) -> bytes | None:
    """None: there is none yet."""
    query = select(INSTALLATION.c.value).where(INSTALLATION.c.name == NAME)
    found = connection.execute(query).scalar_one_or_none()
    return None if found is None else _bytes(found, place)


def made_secret(connection: Connection, place: str) -> bytes:
    """In a writing transaction, and in turn: of two processes that make one at once, both get that of the first."""
    if (known := known_secret(connection, place)) is not None:
        return known
    fresh = secrets.token_bytes(BYTES)
    connection.execute(insert(INSTALLATION), {"name": NAME, "value": fresh.hex()})
    return fresh


def _bytes(text: str, place: str) -> bytes:
    try:
        found = bytes.fromhex(text)
    except ValueError:
        found = b""
    if len(found) != BYTES:
        raise DamagedError(
            "damaged_key",
            f"The key of the installation in the table 'installation' of {place} is none.",
            remedy="Put it back from a backup. Without it, workbooks of before lose their baselines: then delete it.",
        )
    return found
