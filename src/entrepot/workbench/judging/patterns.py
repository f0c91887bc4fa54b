"""Regular expressions are tried before any row is: DuckDB's RE2 knows no looking ahead, no back references."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from entrepot.model.drafts import TargetField
from entrepot.model.errors import InputError
from entrepot.workbench.judging.rules import failures
from entrepot.workbench.judging.steps import applied


def check_patterns(connection: duckdb.DuckDBPyConnection, fields: Sequence[TargetField]) -> None:
    """InputError `bad_pattern` for the first that cannot be used."""
    for field in fields:
        for step in applied(field):
            if step.pattern is not None:
                attempt(connection, step.pattern, step.replacement or "", field.name)
        for failure in failures(field, "''"):
            if failure.pattern is not None:
                attempt(connection, failure.pattern, "", field.name)


def attempt(connection: duckdb.DuckDBPyConnection, pattern: str, replacement: str, field: str) -> None:
    try:
        connection.execute("SELECT regexp_replace('', ?, ?, 'g')", [pattern, replacement]).fetchall()
    except duckdb.Error as error:
        reason = str(error).partition("\n")[0].removeprefix("Invalid Input Error: ")
        raise InputError(
            "bad_pattern",
            f"The regular expression '{pattern[:80]}' of '{field}' cannot be used: {reason}.",
            remedy="Write it as RE2 reads it (no looking ahead or behind, no back references within it).",
        ) from error
