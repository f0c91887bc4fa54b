"""Records as the workbook has them, for rules that ask about several fields at once: what nobody changed is none of the
record's own values, but it belongs to the row that the others go into."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from entrepot.model.baselines import Comparing, Covered
from entrepot.model.drafts import TargetField
from entrepot.workbench.judging.sources import filled


def whole(
    connection: duckdb.DuckDBPyConnection, view: str, fields: Sequence[TargetField], comparing: Comparing | None
) -> str:
    """SQL of the rows of `view` with all of their cells, but for those in which nothing was changed."""
    if comparing is None:
        return view
    laid = ", ".join(
        f"CASE WHEN {view}.a{it.field} THEN {given(it, fields)} ELSE {view}.f{it.field} END AS f{it.field}"
        for it in lacking(connection, view, comparing)
    )
    shown = f"{view}.* REPLACE ({laid})" if laid else f"{view}.*"
    return (
        f"(SELECT {shown} FROM {view} LEFT JOIN as_given ON as_given.record = {view}.record"
        f" WHERE {view}.record NOT IN (SELECT record FROM based WHERE NOT edited))"
    )


def lacking(connection: duckdb.DuckDBPyConnection, view: str, comparing: Comparing) -> list[Covered]:
    """The cells that some record has unchanged."""
    names = set(connection.sql(f"FROM {view}").columns)
    return [cell for cell in comparing.cells if f"a{cell.field}" in names]


def given(cell: Covered, fields: Sequence[TargetField]) -> str:
    return filled(f"as_given.v{cell.column}", fields[cell.field])
