"""How many records go which way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb

from entrepot.model.drafts import none_decided
from entrepot.model.matching import Span
from entrepot.workbench.deciding.ways import Way


def ways_gone(connection: duckdb.DuckDBPyConnection, span: Span | None = None) -> dict[int, int]:
    """By the numbers of the ways, as it was decided last."""
    where = "true" if span is None else f"record BETWEEN {span.first:d} AND {span.last:d}"
    return dict(connection.execute(f"SELECT way, count(*) FROM decided WHERE {where} GROUP BY way").fetchall())


def by_decision(ways: Sequence[Way], counts: Mapping[int, int]) -> dict[str, int]:
    found = none_decided()
    for number, way in enumerate(ways):
        found[way.decision] = found.get(way.decision, 0) + counts.get(number, 0)
    return found
