"""How much room an export takes at the least, as far as that can be known before it begins."""

from __future__ import annotations

from entrepot.exporting.plan import ExportPlan
from entrepot.model.selection import Query, Scope

PER_VALUE = 2
"""Bytes, a separator among them; most values take more."""
AS_THEY_STAND = frozenset({"csv", "json", "ndjson", "sql"})
"""Formats that do not compress by themselves."""
PACKED = 20
"""How much smaller compression makes the same rows, at most, or nearly so."""


def at_least(plan: ExportPlan) -> int:
    """Of whole tables, by what the database believes to be in them; of anything chosen from them nobody knows."""
    asked = plan.request.selection
    if asked.scope is not Scope.ALL or asked.where or asked.since or asked.until or asked.limit or asked.within:
        return 0
    plain = sum(_plain(query) for query in plan.request.selected.queries)
    return plain // PACKED if plan.sealing.compression or plan.request.format.name not in AS_THEY_STAND else plain


def _plain(query: Query) -> int:
    if query.where is not None or query.limit is not None:
        return 0
    return (query.entity.rows_estimate or 0) * len(query.columns) * PER_VALUE
