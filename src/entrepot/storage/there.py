"""Whether a file is there. A name that is too long, or no name at all, is that of none."""

from __future__ import annotations

from pathlib import Path


def is_file(path: Path) -> bool:
    """
    >>> is_file(Path("x" * 300)), is_file(Path("a\\0b"))
    (False, False)
    """
    try:
        return path.is_file()
    except OSError:
        return False
