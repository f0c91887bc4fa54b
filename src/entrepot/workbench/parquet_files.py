"""The fingerprint of a Parquet file: every value as text again, whatever type the file gave it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb

from entrepot.model.errors import DamagedError
from entrepot.model.ports import StagedColumn
from entrepot.workbench.hashing import Total
from entrepot.workbench.protocol import Done
from entrepot.workbench.source import Database, identifier, literal
from entrepot.workbench.structure import check_names
from entrepot.workbench.types import text_of


def fingerprint_parquet(database: Database, path: str, columns: Sequence[StagedColumn]) -> Done:
    try:
        return Total(columns).add(database.connection, as_text(database, path, columns)).done()
    except (duckdb.InvalidInputException, duckdb.IOException, duckdb.SerializationException) as error:
        words = str(error).partition("\n")[0].replace(path, Path(path).name)[:300]
        raise DamagedError(
            "damaged_parquet", f"This Parquet file cannot be read: {words}.", remedy="Get an undamaged copy."
        ) from error


def as_text(database: Database, path: str, columns: Sequence[StagedColumn]) -> str:
    """A table expression with v0, v1, … for `columns`, whatever their order in the file."""
    file = f"read_parquet({literal(path)})"
    found = database.connection.execute(f"DESCRIBE SELECT * FROM {file}").fetchall()
    types = {str(row[0]): str(row[1]) for row in found}
    names = distinct([column.name for column in columns])
    check_names(names, list(types), path)
    values = [f"{text_of(types[name], identifier(name))} AS v{at}" for at, name in enumerate(names)]
    return f"(SELECT {', '.join(values) or '1'} FROM {file})"


def distinct(names: Sequence[str]) -> list[str]:
    """Names that differ in more than case, none of them empty: what readers of Parquet need.

    >>> distinct(["Ab", "ab", "", "ab_2"])
    ['Ab', 'ab_3', '_', 'ab_2']
    """
    taken = {name.casefold() for name in names}
    used: set[str] = set()
    result: list[str] = []
    for name in names:
        chosen = name or "_"
        number = 2
        while chosen.casefold() in used or (chosen != name and chosen.casefold() in taken):
            chosen, number = f"{name}_{number}", number + 1
        used.add(chosen.casefold())
        result.append(chosen)
    return result
