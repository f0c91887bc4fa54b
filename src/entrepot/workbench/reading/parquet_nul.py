"""Records with a NUL character among their texts, which no database keeps as it is: they are none."""

from __future__ import annotations

import duckdb

NUL = "chr(0)"
AT_ONCE = 100
LONGEST_SHOWN = 100


def reject_nul(connection: duckdb.DuckDBPyConnection, columns: int) -> int:
    """How many were taken out of `staged`; each once, for its first such column."""
    for start in range(0, columns, AT_ONCE):
        some = range(start, min(start + AT_ONCE, columns))
        having = " OR ".join(f"contains(v{at}, {NUL})" for at in some)
        first = " ".join(f"WHEN contains(v{at}, {NUL}) THEN {at}" for at in some)
        value = " ".join(f"WHEN contains(v{at}, {NUL}) THEN v{at}" for at in some)
        connection.execute(
            f"INSERT INTO rejected SELECT record, CASE {first} END, 'nul_character',"
            f" {visible(f'left(CASE {value} END, {LONGEST_SHOWN})')} FROM staged WHERE {having}"
        )
        given = ", ".join(visible(f"v{at}") for at in range(columns))
        connection.execute(f"INSERT INTO unread SELECT record, to_json([{given}])::VARCHAR FROM staged WHERE {having}")
        connection.execute(f"DELETE FROM staged WHERE {having}")
    return int(connection.execute("SELECT count(*) FROM rejected").fetchall()[0][0])


def visible(text: str) -> str:
    return f"replace({text}, {NUL}, '\\x00')"
