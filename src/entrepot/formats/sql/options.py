"""What a person may choose about a SQL script."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class SqlOptions:
    schema: bool = True
    """Create the tables too; without it, the rows alone, for tables that are there already."""
