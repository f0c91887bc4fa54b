"""People's own words in a message: as much of them as a line holds."""

from __future__ import annotations

from collections.abc import Sequence

MOST = 80
NAMES = 30


def brief(text: str) -> str:
    """
    >>> brief("x" * 100) == "x" * 80 + "…"
    True
    """
    return text if len(text) <= MOST else f"{text[:MOST]}…"


def listed(names: Sequence[str]) -> str:
    """
    >>> listed(["x", "y"]), listed(["a"] * 32)[-15:]
    ('x, y', 'a, a and 2 more')
    """
    more = f" and {len(names) - NAMES:,} more" if len(names) > NAMES else ""
    return f"{', '.join(map(brief, names[:NAMES]))}{more}"
