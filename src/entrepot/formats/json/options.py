"""What a person may choose about a JSON document."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class JsonOptions:
    include_metadata: bool = True
    """Begin with who wrote it, when, from what, whose rows, the filters, the fields and the number of rows."""
