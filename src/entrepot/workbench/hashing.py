"""Fingerprints: rows hashed by DuckDB where every value is in a common form, by `model.canonical` otherwise."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from entrepot.model.canonical import digest_text, row_hash
from entrepot.model.ports import StagedColumn
from entrepot.workbench.protocol import Done
from entrepot.workbench.protocol_rows import FingerprintRows
from entrepot.workbench.quick_forms import quick_form
from entrepot.workbench.source import Database

ROWS_AT_ONCE = 2048
"""As many as DuckDB makes at once; more would only be more memory where values are long."""
MOST_COLUMNS = 400
"""With more, what DuckDB needs for 2,048 rows of intermediate results at a time would not fit into its memory."""
WIDE_ROWS_AT_ONCE = 32
RUNNING = f"""
SELECT rows, low, high, unusual FROM (
    SELECT row_number() OVER () AS rows,
        sum((h & {(1 << 64) - 1})::UBIGINT) OVER (ROWS UNBOUNDED PRECEDING) AS low,
        sum((h >> 64)::UBIGINT) OVER (ROWS UNBOUNDED PRECEDING) AS high,
        lead(true) OVER () IS NULL AS last,
        unusual
    FROM ({{rows}}))
WHERE last OR unusual IS NOT NULL"""
"""Running totals (which DuckDB streams), so that besides the last row only the unusual ones leave it. One pass over
a pipe could not give both an aggregate and rows otherwise."""


JSON_SPACES = r"E' \t\n\r'"


class Total:
    """The sum of row hashes so far."""

    def __init__(self, columns: Sequence[StagedColumn]) -> None:
        self.columns = columns
        self.order = sorted(range(len(columns)), key=lambda at: columns[at].name)
        self.kinds = [columns[at].type.kind for at in self.order]
        self.rows = 0
        self.sum = 0

    def add(self, connection: duckdb.DuckDBPyConnection, source: str) -> Total:
        """Add the rows of `source`, a table expression with a text column v0, v1, … for each of `columns`."""
        if len(self.columns) > MOST_COLUMNS:
            return self.add_one_by_one(connection, source)
        connection.execute(RUNNING.format(rows=self.hashed(source)))
        rows = low = high = 0
        while found := connection.fetchmany(ROWS_AT_ONCE):
            rows, low, high, _ = found[-1]
            self.sum += sum(row_hash(self.kinds, unusual) for *_, unusual in found if unusual is not None)
        self.rows += rows
        self.sum += (low or 0) + ((high or 0) << 64)
        return self

    def add_one_by_one(self, connection: duckdb.DuckDBPyConnection, source: str) -> Total:
        connection.execute(f"SELECT {', '.join(f'v{at}' for at in self.order)} FROM {source}")
        while found := connection.fetchmany(WIDE_ROWS_AT_ONCE):
            self.sum += sum(row_hash(self.kinds, row) for row in found)
            self.rows += len(found)
        return self

    def hashed(self, source: str) -> str:
        """One row per row: the halves of its hash, or the values themselves where a form is not common."""
        values = [f"v{at}" for at in self.order]
        quick = [quick_form(kind, value) for kind, value in zip(self.kinds, values, strict=True)]
        forms = ", ".join(f"{form} AS c{at}" for at, form in enumerate(quick) if form) or "0 AS c"
        shown = [f"c{at}" if form else value for at, (form, value) in enumerate(zip(quick, values, strict=True))]
        unsure = [f"(c{at} IS NULL AND {values[at]} IS NOT NULL)" for at, form in enumerate(quick) if form]
        text = ", ".join(f"strlen({value}), ':', {value}" for value in shown) or "''"
        return (
            f"SELECT CASE WHEN NOT unsure THEN md5_number(concat({text})) END AS h,"
            f" CASE WHEN unsure THEN [{', '.join(values)}]::VARCHAR[] END AS unusual FROM ("
            f" SELECT *, greatest({', '.join(['false', *unsure])}) AS unsure FROM (SELECT *, {forms} FROM {source}))"
        )

    def done(self) -> Done:
        return Done(rows=self.rows, digest=digest_text(self.sum))


def without_json_nulls(source: str, columns: Sequence[StagedColumn]) -> str:
    """`source` with NULL where a column holds JSON's own, for those that ask for it."""
    asking = [f"v{at}" for at, column in enumerate(columns) if column.null_is_missing]
    without = ", ".join(f"CASE WHEN trim({v}, {JSON_SPACES}) <> 'null' THEN {v} END AS {v}" for v in asking)
    return f"(SELECT * REPLACE ({without}) FROM {source})" if asking else source


def fingerprint_rows(database: Database, request: FingerprintRows) -> Done:
    source = without_json_nulls(
        database.csv(request.rows, len(request.columns), longest=request.longest), request.columns
    )
    return Total(request.columns).add(database.connection, source).done()
