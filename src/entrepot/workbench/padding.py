"""CHAR: a text that is shorter than its type says, or ends in a blank, comes back otherwise than it was sent."""

from __future__ import annotations

from entrepot.model.types import LogicalType


def is_padded(text: str, type: LogicalType) -> str:
    return f"(length({text}) <> {type.length} OR {text} LIKE '% ')"
