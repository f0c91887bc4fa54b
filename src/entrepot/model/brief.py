"""People's own words in a message: as much of them as a line holds."""

from __future__ import annotations

MOST = 80


def brief(text: str) -> str:
    """
    >>> brief("x" * 100) == "x" * 80 + "…"
    True
    """
    return text if len(text) <= MOST else f"{text[:MOST]}…"
