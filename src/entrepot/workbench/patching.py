"""Corrected records in the place of those that failed: the tables of the original file, as if it had held them.

`patched(record, stood)` says which record each one is, and where it stands in the corrected file.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import duckdb

from entrepot.model.correcting import Patched, Wrong
from entrepot.model.drafts import Staged
from entrepot.model.errors import InputError
from entrepot.model.failing import OURS, ROW
from entrepot.model.matching import Span
from entrepot.workbench.deciding.ranges import ranges
from entrepot.workbench.judging.judge import summary
from entrepot.workbench.protocol_judging import JudgedRecords
from entrepot.workbench.protocol_patching import (
    FindPatched,
    KeepPatched,
    PatchedPlaces,
    PatchedRecords,
    PatchRecords,
)
from entrepot.workbench.reading import stage
from entrepot.workbench.reading.tables import TABLES
from entrepot.workbench.source import Database, identifier

NESTED = frozenset({"json", "ndjson"})
"""Formats in which a record need not have all columns."""
SHOWN = 100
STRINGS_LEFT = """
SELECT points[i] + 1 AS record, points[i + 1] - 1 AS until, "at"
FROM (SELECT "at", unnest(range(1, len(points))) AS i, points
    FROM (SELECT "at", list_sort([span.record - 1, until + 1]
            || list(patched.record) FILTER (patched.record IS NOT NULL)) AS points
        FROM strings AS span LEFT JOIN patched ON patched.record BETWEEN span.record AND until
        GROUP BY "at", span.record, until))
WHERE points[i] + 1 < points[i + 1]
"""
"""The spans without the records that were given back."""


def keep_patched(database: Database, request: KeepPatched) -> JudgedRecords:
    database.connection.execute("DELETE FROM findings WHERE record NOT IN (SELECT record FROM patched)")
    return JudgedRecords(judged=replace(summary(database, request.fields), changes=()))


def find_patched(database: Database, request: FindPatched) -> PatchedPlaces:
    found = database.connection.execute(
        "SELECT record, stood FROM patched WHERE record IN (SELECT unnest(?))", [list(request.records)]
    ).fetchall()
    return PatchedPlaces(places={int(record): int(at) for record, at in found})


def patch_records(database: Database, request: PatchRecords) -> PatchedRecords:
    connection = database.connection
    given = beside(database, request)
    names = [column.name for column in given.columns]
    if ROW not in names:
        raise InputError(
            "no_row_numbers",
            f"The corrected file has no column {ROW}, which says which record is which.",
            remedy="Correct the errors file itself, and leave that column in it.",
        )
    nested = given.reading.format in NESTED
    missing = () if nested else [name for name in request.columns if name not in (*names, *OURS)]
    number(connection, request, names.index(ROW))
    wrong = tuple(mistakes(connection, names.index(ROW)))
    if wrong or missing:
        return PatchedRecords(patched=Patched(wrong=wrong, missing=tuple(missing)))
    added = [name for name in names if name not in (*request.columns, *OURS)] if nested else []
    for statement in replaced([*request.columns, *added], len(request.columns), names, whole=request.whole):
        connection.execute(statement)
    return PatchedRecords(patched=result(connection, request, added))


def beside(database: Database, request: PatchRecords) -> Staged:
    """The corrected file in tables of its own: `given_staged`, …"""
    connection = database.connection
    rename(connection, "", "base_")
    try:
        given = stage(database, Path(request.path), request.reading)
        rename(connection, "", "given_")
    finally:
        rename(connection, "base_", "")
    return given


def rename(connection: duckdb.DuckDBPyConnection, before: str, after: str) -> None:
    for table in TABLES:
        connection.execute(f"DROP TABLE IF EXISTS {after}{table}")
        connection.execute(f"ALTER TABLE {before}{table} RENAME TO {after}{table}")


def number(connection: duckdb.DuckDBPyConnection, request: PatchRecords, at: int) -> None:
    records(connection, "allowed", request.allowed)
    records(connection, "done", request.done)
    connection.execute(
        f"CREATE OR REPLACE TABLE patched AS SELECT TRY_CAST(trim(v{at}) AS BIGINT) AS record, record AS stood"
        " FROM given_staged"
    )


def records(connection: duckdb.DuckDBPyConnection, table: str, spans: Sequence[Span]) -> None:
    connection.execute(f"CREATE OR REPLACE TABLE {table} (record BIGINT)")
    for span in spans:
        connection.execute(f"INSERT INTO {table} SELECT unnest(range(?, ?))", [span.first, span.last + 1])


def mistakes(connection: duckdb.DuckDBPyConnection, at: int) -> Iterator[Wrong]:
    found = connection.execute(
        f"""SELECT stood, code, value FROM (
            SELECT record AS stood, code, value FROM given_rejected
            UNION ALL SELECT stood, CASE WHEN patched.record IS NULL THEN 'no_record_number'
                WHEN count(*) OVER (PARTITION BY patched.record) > 1 THEN 'record_twice'
                WHEN patched.record NOT IN (SELECT record FROM allowed UNION ALL SELECT record FROM done)
                THEN 'record_did_not_fail' END AS code, v{at} AS value
            FROM patched JOIN given_staged ON given_staged.record = patched.stood)
        WHERE code IS NOT NULL ORDER BY stood LIMIT {SHOWN}"""
    ).fetchall()
    return (Wrong(at=int(place), code=code, value=value) for place, code, value in found)


def replaced(columns: Sequence[str], had: int, names: Sequence[str], *, whole: bool) -> Iterator[str]:
    """Statements. What was brought in before is left out; where that is all that is not given back, nothing else is
    looked at but as doubles and parents."""
    gone = "record IN (SELECT record FROM patched)"
    yield f"CREATE OR REPLACE TABLE strings AS {STRINGS_LEFT}"
    for table in TABLES:
        yield f"DELETE FROM {table} WHERE {gone}"
    for at in range(had, len(columns)):
        yield f"ALTER TABLE staged ADD COLUMN v{at} VARCHAR"
        yield f"INSERT INTO absent SELECT record, {at} FROM staged"
    here = {at: names.index(name) for at, name in enumerate(columns) if name in names}
    into = "".join(f", v{at}" for at in here)
    values = "".join(f", given_staged.v{source}" for source in here.values())
    new = "record NOT IN (SELECT record FROM done)"
    yield (
        f"INSERT INTO staged (record{into}) SELECT patched.record{values} FROM given_staged"
        f" JOIN patched ON given_staged.record = patched.stood WHERE patched.{new}"
    )
    for at, source in here.items():
        yield (
            f"INSERT INTO absent SELECT patched.record, {at} FROM given_absent JOIN patched"
            f' ON given_absent.record = patched.stood WHERE given_absent."at" = {source}'
        )
        yield (
            f"INSERT INTO strings SELECT patched.record, patched.record, {at} FROM given_strings JOIN patched"
            f' ON patched.stood BETWEEN given_strings.record AND until WHERE given_strings."at" = {source}'
        )
    for at in sorted(set(range(len(columns))) - set(here)):
        yield f"INSERT INTO absent SELECT record, {at} FROM patched WHERE {new}"
    order = ", ".join(["record", *(identifier(f"v{at}") for at in range(len(columns)))])
    yield f"CREATE OR REPLACE TABLE staged AS SELECT {order} FROM staged ORDER BY record"
    yield "CREATE TABLE IF NOT EXISTS left_out (record BIGINT)"
    yield f"INSERT INTO left_out SELECT record FROM patched WHERE NOT {new}"
    if not whole:
        yield "DELETE FROM rejected"


def result(connection: duckdb.DuckDBPyConnection, request: PatchRecords, added: Sequence[str]) -> Patched:
    def one(query: str) -> int:
        return int(connection.execute(query).fetchall()[0][0] or 0)

    last = one("SELECT max(record) FROM (SELECT record FROM staged UNION ALL SELECT record FROM rejected)")
    everywhere = "SELECT record FROM staged UNION SELECT record FROM rejected UNION SELECT record FROM left_out"
    return Patched(
        columns=tuple(added),
        given=ranges(connection, "SELECT record FROM patched"),
        records=one(f"SELECT count(*) FROM ({everywhere if request.whole else 'SELECT record FROM patched'})"),
        rejected=one("SELECT count(DISTINCT record) FROM rejected"),
        last=max(last, one("SELECT max(record) FROM patched")),
    )
