"""Numbers of things in sentences."""

from __future__ import annotations


def how_many(number: int, thing: str) -> str:
    """
    >>> how_many(1, "record"), how_many(2000, "row")
    ('1 record', '2,000 rows')
    """
    return f"{number:,} {thing if number == 1 else f'{thing}s'}"
