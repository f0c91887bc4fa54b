"""The example rows of templates: looked for in every file, because they are not to become rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import duckdb

from entrepot.model.drafts import Staged
from entrepot.model.example_rows import MARK
from entrepot.workbench.source import literal

MOST = 1000
"""A file with more of them is no template."""


def with_examples(connection: duckdb.DuckDBPyConnection, staged: Staged) -> Staged:
    """Their numbers: by the first column, and by others that begin with such a value, because columns can be moved."""
    columns = list(marked_columns(staged))
    if not columns:
        return staged
    there = " OR ".join(f"starts_with(v{at}, {literal(MARK)})" for at in columns)
    found = connection.execute(f"SELECT record FROM staged WHERE {there} ORDER BY record LIMIT {MOST}").fetchall()
    return replace(staged, examples=tuple(record for (record,) in found)) if found else staged


def marked_columns(staged: Staged) -> Iterator[int]:
    for at, column in enumerate(staged.columns):
        if not at or any(sample.startswith(MARK) for sample in column.samples):
            yield at
