"""Entrepot's own records may lie in the database of the application. They are never chosen: no catalog has them
(sql/relations.sql), and an address that means nothing but them is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from entrepot.model.errors import InputError

if TYPE_CHECKING:
    import psycopg

SCHEMA, SIGN = "entrepot", "entrepot.ledger_steps"


def must_not_be_ours(connection: psycopg.Connection, default_schema: str) -> None:
    """Whatever the server is called in the address: the sign lies in the database itself."""
    if default_schema != SCHEMA:
        return
    found = connection.execute("SELECT pg_catalog.to_regclass(%s)::pg_catalog.text", (SIGN,)).fetchone()
    if found and found[0]:
        raise InputError(
            "protected_source",
            f"The schema '{SCHEMA}', which the address names, holds Entrepot's own records.",
            remedy="Name the schema of an application, or none.",
        )
