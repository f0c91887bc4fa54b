"""Sheet names: at most 31 UTF-16 units, some characters forbidden, different even where case is ignored."""

from __future__ import annotations

import re

from entrepot.model.baselines import SHEET as BASELINE

LONGEST = 31
FORBIDDEN = re.compile(r"[\[\]:*?/\\\x00-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
RESERVED = frozenset({"history", BASELINE})
"""Excel keeps the first for itself, in any case; we keep the other one."""


class SheetNames:
    """Gives every sheet of one workbook its name."""

    def __init__(self) -> None:
        self._taken = set(RESERVED)

    def take(self, wanted: str) -> str:
        """The name, made valid and different from all others.

        >>> names = SheetNames()
        >>> names.take("users"), names.take("Users"), names.take("a/b"), names.take("")
        ('users', 'Users (2)', 'a_b', 'Sheet')
        """
        base = FORBIDDEN.sub("_", wanted).strip("'") or "Sheet"
        name, number = shortened(base), 1
        while name.casefold() in self._taken:
            number += 1
            name = shortened(base, f" ({number})")
        self._taken.add(name.casefold())
        return name


def shortened(base: str, suffix: str = "") -> str:
    """`base` cut so that it fits together with `suffix`; never in the middle of a character, nor ending in `'`."""
    units = base.encode("utf-16-le")[: 2 * (LONGEST - len(suffix))]
    return units.decode("utf-16-le", errors="ignore").rstrip("'") + suffix
