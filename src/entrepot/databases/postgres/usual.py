"""The settings that an application's own sessions have. A user's triggers and defaults must find them when rows are
changed: what they look up by a bare name, and which day it is, depends on them. Everything else runs under ours."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from entrepot.databases.postgres.connect import PINNED

if TYPE_CHECKING:
    import psycopg

USUAL = ("search_path", "TimeZone", "DateStyle", "IntervalStyle", "row_security")
"""Text forms mean the same under any of them."""


def usual_settings(connection: psycopg.Connection) -> Mapping[str, str]:
    """What the server, the database and the role say, before we pinned anything."""
    rows = connection.execute(
        "SELECT name, reset_val FROM pg_catalog.pg_settings WHERE name = ANY (%s)", (list(USUAL),)
    )
    return {str(name): str(value) for name, value in rows}


@contextmanager
def as_usual(connection: psycopg.Connection, settings: Mapping[str, str]) -> Iterator[None]:
    """A failure in the block ends the transaction, and the settings with it."""
    set_locally(connection, settings)
    yield
    set_locally(connection, {name: PINNED[name] for name in settings})


def set_locally(connection: psycopg.Connection, settings: Mapping[str, str]) -> None:
    """All at once, as this happens around every change."""
    calls = ", ".join(["pg_catalog.set_config(%s, %s, true)"] * len(settings))
    connection.execute(f"SELECT {calls}".encode(), [text for pair in settings.items() for text in pair])
