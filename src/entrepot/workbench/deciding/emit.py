"""What leaves the workbench as rows: keys to look for, records to create, values to change, images to keep."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from entrepot.model.drafts import Decision
from entrepot.model.matching import What
from entrepot.workbench.deciding import meeting
from entrepot.workbench.deciding.decide import Deciding
from entrepot.workbench.deciding.gaps import lacks_exactly
from entrepot.workbench.deciding.referred import changing
from entrepot.workbench.deciding.turns import of_turn
from entrepot.workbench.deciding.unique import given
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


def selects(deciding: Deciding, what: What, number: int, columns: Sequence[int] | None) -> list[str]:
    """Together all rows: in some, values of the file and of the database stand side by side."""
    some = deciding.bands() if what in (What.UPDATED, What.BEFORE) else [deciding]
    return [selected(each, what, number, columns) for each in some]


def selected(deciding: Deciding, what: What, number: int, columns: Sequence[int] | None) -> str:
    matching = deciding.matching
    match what:
        case What.KEYS:
            return meeting.keys(matching, matching.key if columns is None else columns)
        case What.REFERENCE:
            return meeting.sought(matching, number)
        case What.UNIQUE | What.REFERRED | What.INSTEAD:
            new = what is What.INSTEAD
            return given(deciding, number) if what is What.UNIQUE else changing(deciding, number, new=new)
        case What.CREATED:
            return created(deciding, number, columns)
        case What.UPDATED:
            written = range(len(matching.compared)) if columns is None else columns
            rows = changed(deciding, [deciding.after(at) for at in written])
            return f"{rows}{of_turn(number - 1)}" if number else rows
        case What.BEFORE:
            wanted = range(len(matching.compared)) if columns is None else columns
            return changed(deciding, [f"met.b{at}" for at in wanted])


def created(deciding: Deciding, number: int, columns: Sequence[int] | None) -> str:
    """All of them; or by number those that leave the same fields to the database, without these."""
    some = deciding.defaulted[number - 1] if number else ()
    wanted = [at for at in range(len(deciding.fields)) if at not in some] if columns is None else columns
    values = ", ".join(f"judged.f{at}" for at in wanted)
    query = f"SELECT {values} FROM {deciding.chosen(Decision.CREATED)}"
    return f"{query} WHERE {lacks_exactly(deciding.fields, deciding.gaps, some)}" if number else query


def changed(deciding: Deciding, values: Sequence[str]) -> str:
    """Rows are found again by the key as the database has it."""
    keys = [f"met.k{number}" for number in range(len(deciding.matching.key))]
    return f"SELECT {', '.join([*keys, *values])} FROM {deciding.chosen(Decision.UPDATED)}"
