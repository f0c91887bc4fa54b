"""The next number that a table gives out. AUTO_INCREMENT follows inserted numbers by itself; the rest is here."""

from __future__ import annotations

import re

from entrepot.databases.mysql.names import literal, quote, table_name
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


def last_given(running: Running, entity: Entity, field: str) -> int:
    """The largest number that a row has, or had where the table remembers it. Rows that come from elsewhere meanwhile
    get numbers of the same counter, which is moved on by the first row of ours."""
    highest = running.number(f"SELECT MAX({quote(field)}) FROM {table_name(entity)} FOR UPDATE")
    of_table = f"TABLE_SCHEMA = {literal(entity.schema) if entity.schema else 'DATABASE()'}"
    of_table += f" AND TABLE_NAME = {literal(entity.table)}"
    given = running.number(f"SELECT AUTO_INCREMENT FROM information_schema.TABLES WHERE {of_table}")
    return max(highest, given - 1)
