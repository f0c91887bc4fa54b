"""Numbers of records, as people write them."""

from __future__ import annotations

import duckdb

RANGES = """
SELECT string_agg(CASE WHEN low = high THEN low::VARCHAR ELSE low || '-' || high END, ',' ORDER BY low)
FROM (SELECT min(record) AS low, max(record) AS high
    FROM (SELECT record, record - row_number() OVER (ORDER BY record) AS island FROM ({records}))
    GROUP BY island)
"""


def ranges(connection: duckdb.DuckDBPyConnection, records: str) -> str:
    """`5,9-12`"""
    found = connection.execute(RANGES.format(records=records)).fetchone()
    return str(found[0]) if found and found[0] else ""
