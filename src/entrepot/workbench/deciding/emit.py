"""What leaves the workbench as rows: keys to look for, records to create, values to change, images to keep."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from entrepot.model.drafts import Decision, What
from entrepot.workbench.deciding.decide import Deciding
from entrepot.workbench.deciding.scope import after
from entrepot.workbench.source import literal


def copy(connection: duckdb.DuckDBPyConnection, select: str, path: str, null: str) -> int:
    """Write the rows to `path`, a pipe, without ever holding them; how many.

    One value alone in its row is always quoted: unquoted it could look like the end of the data, or like no row."""
    lone = ", FORCE_QUOTE *" if connection.sql(select).columns[1:] == [] else ""
    found = connection.execute(
        f"COPY ({select}) TO {literal(path)} (FORMAT csv, HEADER false, DELIMITER ',', QUOTE '\"', ESCAPE '\"',"
        f" NULLSTR {literal(null)}{lone})"
    ).fetchone()
    return int(found[0]) if found else 0


def selected(deciding: Deciding, what: What, number: int, columns: Sequence[int] | None) -> str:
    fields, matching = deciding.fields, deciding.matching
    match what:
        case What.KEYS:
            return different(matching.key)
        case What.REFERENCE:
            return different(matching.references[number].fields)
        case What.CREATED:
            wanted = range(len(fields)) if columns is None else columns
            values = ", ".join(f"judged.f{at}" for at in wanted)
            return f"SELECT {values} FROM {deciding.chosen(Decision.CREATED)}"
        case What.UPDATED:
            values = [after(at, matching) for at in range(len(matching.compared))]
            return changed(deciding, values)
        case What.BEFORE:
            return changed(deciding, [f"met.b{at}" for at in range(len(matching.compared))])


def different(numbers: Sequence[int]) -> str:
    """Only whole ones, of records whose values were good."""
    values = ", ".join(f"f{at}" for at in numbers)
    good = " AND ".join(f"f{at} IS NOT NULL AND e{at} IS NULL" for at in numbers)
    return f"SELECT DISTINCT {values} FROM judged WHERE {good}"


def changed(deciding: Deciding, values: Sequence[str]) -> str:
    """Rows are found again by the key as the database has it."""
    keys = [f"met.k{number}" for number in range(len(deciding.matching.key))]
    return f"SELECT {', '.join([*keys, *values])} FROM {deciding.chosen(Decision.UPDATED)}"
