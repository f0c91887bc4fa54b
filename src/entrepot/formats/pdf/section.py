"""What the report knows of an entity before its rows are read."""

from __future__ import annotations

from dataclasses import dataclass

from entrepot.model.selection import Query


@dataclass(frozen=True, kw_only=True)
class Section:
    query: Query
    title: str
    """In characters that can be drawn."""
    rows: int
    shown: int
    """Fewer than `rows` where the report is capped."""
    filter: str
    page: int
    """The object of its first page, to which bookmarks and links point."""
    form: str
    """The place in the contents where the number of that page stands."""
