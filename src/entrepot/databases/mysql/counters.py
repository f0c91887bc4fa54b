"""The next number that a table gives out. AUTO_INCREMENT follows inserted numbers by itself; the rest is here."""

from __future__ import annotations

import re

from entrepot.databases.mysql.names import quote, table_name
from entrepot.databases.mysql.running import Running
from entrepot.model.catalog import Entity

SEQUENCE = re.compile(r"nextval\((?:`(?:[^`]|``)+`\.)?(`(?:[^`]|``)+`)\)", re.IGNORECASE)


def settle_sequences(running: Running, entity: Entity) -> None:
    """MariaDB's sequences know nothing of numbers that others gave. SETVAL never goes back, and ends no transaction."""
    for field in entity.fields:
        if found := SEQUENCE.fullmatch(field.default or ""):
            highest = running.number(f"SELECT MAX({quote(field.name)}) FROM {table_name(entity)}")
            if highest > 0:
                running.number(f"SELECT SETVAL({found[1]}, {highest:d})")
