"""Sets of primary keys in temporary tables.

INSERT … SELECT would be simpler and wrong: under REPEATABLE READ it reads what is committed now, not the snapshot,
and locks every row that it reads. So the keys are read like all rows, kept in a file, and inserted as constants.
Making the table with its index at once does not end the transaction, as CREATE INDEX would.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from entrepot.databases.compile import Compiler
from entrepot.databases.mysql.forms import number_text
from entrepot.databases.mysql.names import quote, table_name
from entrepot.model.catalog import Entity, Field
from entrepot.model.errors import InputError
from entrepot.model.types import NUMBERS, Kind

if TYPE_CHECKING:
    from entrepot.databases.mysql.connect import Connection

STATEMENT_BYTES = 1 << 20
"""Well below the smallest max_allowed_packet in use."""
KEY_PART = re.compile(r"`(?:[^`]|``)*`(\(\d+\))?( DESC)?")
SPELLED = frozenset({Kind.TEXT, Kind.ENUM, Kind.BYTES, Kind.JSON})


def create_rowset(connection: Connection, compiler: Compiler, name: str, entity: Entity) -> None:
    """Types, collations and prefixes come from the key itself."""
    if not entity.primary_key:
        raise InputError(
            "no_primary_key",
            f"'{entity.name}' has no primary key, so a set of its rows cannot be remembered.",
            remedy="Give it a primary key, or export it without related rows.",
        )
    keys = ", ".join(f"{quote(field)} AS k{number}" for number, field in enumerate(entity.primary_key))
    prefixes = [found[1] or "" for found in KEY_PART.finditer(entity.primary_key_ddl or "")]
    prefixes += [""] * len(entity.primary_key)
    index = ", ".join(f"k{number}{prefixes[number]}" for number in range(len(entity.primary_key)))
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMPORARY TABLE {compiler.dialect.rowset(name)} (UNIQUE KEY ({index})) ENGINE=InnoDB "
            f"AS SELECT {keys} FROM {table_name(entity)} LIMIT 0"
        )


def key_tuple(compiler: Compiler, entity: Entity) -> str:
    """The key of a row as a list of constants, in parentheses, and a line end."""
    parts = ", ',', ".join(_constant(compiler.field(name), entity.field(name)) for name in entity.primary_key)
    return f"CONCAT('(', {parts}, ')\n')"


def _constant(value: str, field: Field) -> str:
    """Bytes for texts, so that no character needs care; numbers and moments have none that does."""
    if field.type.kind in SPELLED:
        return f"'X''', HEX({value}), ''''"
    if field.type.kind in NUMBERS or field.type.kind is Kind.BOOLEAN:
        return number_text(value, field)
    return f"'''', {value}, ''''"


def insert_keys(connection: Connection, compiler: Compiler, name: str, file: Path) -> int:
    """Lines of key tuples into the set; how many were new."""
    target, new = compiler.dialect.rowset(name).encode(), 0
    with connection.cursor() as cursor:
        for lines in _portions(file):
            tuples = b",".join(lines)
            new += cursor.execute(b"INSERT INTO %b VALUES %b ON DUPLICATE KEY UPDATE k0 = k0" % (target, tuples))
    return new


def _portions(file: Path) -> Iterator[list[bytes]]:
    with file.open("rb") as opened:
        while lines := opened.readlines(STATEMENT_BYTES):
            yield lines
