"""Changes of many records, some at a time: until a change has come to its end, DuckDB has all of it in memory."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb

RECORDS_AT_ONCE = 500_000


def update(connection: duckdb.DuckDBPyConnection, table: str, change: str, where: str) -> int:
    """How many records of the table were changed."""
    found = (
        connection.execute(f"UPDATE {table} SET {change} WHERE ({where}) AND {some}")
        for some in _some(connection, table)
    )
    return sum(int(each.fetchall()[0][0]) for each in found)


def _some(connection: duckdb.DuckDBPyConnection, table: str) -> Iterator[str]:
    """Conditions that divide the records by their numbers."""
    last = int(connection.execute(f"SELECT coalesce(max(record), 0) FROM {table}").fetchall()[0][0])
    for first in range(0, last + 1, RECORDS_AT_ONCE):
        yield f"{table}.record BETWEEN {first} AND {first + RECORDS_AT_ONCE - 1}"
