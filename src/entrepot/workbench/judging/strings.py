"""Strings of a JSON file that go into fields of JSON: `"a word"` and `"1"` are values there as they stand, not JSON to
be read. Only where a column holds nothing but strings, and all of them are JSON, an object or a list among them, it was
written by something that makes texts of its JSON, and is read as that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import duckdb

from entrepot.model.drafts import TargetField
from entrepot.workbench.judging.sources import strings_for


def with_strings(connection: duckdb.DuckDBPyConnection, fields: Sequence[TargetField]) -> list[TargetField]:
    """The fields, knowing of theirs. Makes `strings_N(record)`, with the records that have one in that column."""
    found = {at: _has_strings(connection, at) for field in fields if (at := strings_for(field)) is not None}
    return [replace(field, has_strings=any(found[at] for at in found if at == strings_for(field))) for field in fields]


def _has_strings(connection: duckdb.DuckDBPyConnection, at: int) -> bool:
    connection.execute(f"CREATE OR REPLACE TABLE strings_{at} AS {_records(at)}")
    if not connection.execute(f"SELECT 1 FROM strings_{at} LIMIT 1").fetchone():
        return False
    if _are_written_json(connection, at):
        connection.execute(f"DELETE FROM strings_{at}")
        return False
    return True


def _records(at: int) -> str:
    spans = f'SELECT unnest(range(record, until + 1)) AS record FROM strings WHERE "at" = {at:d}'
    there = f"SELECT record FROM staged WHERE v{at} IS NOT NULL"
    return f"SELECT DISTINCT record FROM ({spans}) SEMI JOIN ({there}) USING (record)"


def _are_written_json(connection: duckdb.DuckDBPyConnection, at: int) -> bool:
    told = f"record IN (SELECT record FROM strings_{at}) AS is_string"
    rows = f"(SELECT v{at} AS v, {told} FROM staged WHERE v{at} IS NOT NULL)"
    nested = "v[1] IN ('{', '[')"
    found = connection.execute(
        f"SELECT bool_and(is_string AND json_valid(v)), bool_or(is_string AND {nested}) FROM {rows}"
    ).fetchone()
    return bool(found and found[0] and found[1])
