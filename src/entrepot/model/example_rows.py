"""The example row of a template: made to be looked at, and left out when the file comes back."""

from __future__ import annotations

MARK = "Example (not imported)"
"""What the first value of an example row begins with."""


def marked(value: str | None) -> str:
    """
    >>> marked("42"), marked(None)
    ('Example (not imported): 42', 'Example (not imported)')
    """
    return f"{MARK}: {value}" if value else MARK
