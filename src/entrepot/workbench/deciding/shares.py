"""Many records, some at a time: DuckDB does not put aside what it counts by key, so that all keys of a large file at
once would not fit into its memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import duckdb

KEYS_AT_ONCE = 500_000


def shares(connection: duckdb.DuckDBPyConnection, keys: Sequence[str]) -> Iterator[str]:
    """Conditions that divide the records by their keys; those with the same one stay together."""
    records = connection.execute("SELECT count(*) FROM judged").fetchall()[0][0]
    count = records // KEYS_AT_ONCE + 1
    return (f"hash({', '.join(keys)}) % {count} = {number}" for number in range(count))
