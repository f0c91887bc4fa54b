"""Many records, some at a time: what DuckDB joins to them, and what an update changes, has to fit into its memory."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb

from entrepot.model.matching import Span

RECORDS_AT_ONCE = 500_000
"""With the usual memory, values that are updated may have 240 bytes: keys and ids have fewer."""


def bands(connection: duckdb.DuckDBPyConnection, table: str, within: Span | None = None) -> Iterator[Span]:
    """Numbers of records, together all that the table has; none where it has no records."""
    found = connection.execute(f"SELECT min(record::BIGINT), max(record::BIGINT) FROM {table}").fetchall()[0]
    if found[0] is None:
        return
    first, last = (found[0], found[1]) if within is None else (max(found[0], within.first), min(found[1], within.last))
    for start in range(first, last + 1, RECORDS_AT_ONCE):
        yield Span(first=start, last=min(start + RECORDS_AT_ONCE - 1, last))


def inside(span: Span, record: str) -> str:
    """SQL of whether the record is one of these."""
    return f"{record} BETWEEN {span.first:d} AND {span.last:d}"


def update(connection: duckdb.DuckDBPyConnection, table: str, change: str, where: str) -> int:
    """How many records of the table were changed."""
    statement = f"UPDATE {table} SET {change} WHERE ({where}) AND"
    here = (inside(span, f"{table}.record") for span in bands(connection, table))
    return sum(int(connection.execute(f"{statement} {some}").fetchall()[0][0]) for some in here)
