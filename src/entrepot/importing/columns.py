"""Columns as people name them: a whole one, or a value within its JSON, `address.city`, `tags[0]`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from entrepot.model.errors import InputError
from entrepot.model.suggest import unknown

PART = re.compile(r"\.([^.\[\]]+)|\[([0-9]+)\]")


def located(name: str, columns: Sequence[str]) -> tuple[int, str]:
    """The number of the column, and where in it the value stands, as a JSON pointer; empty: all of it. A column of
    that whole name goes first, then the longest that the name begins with."""
    if name in columns:
        return columns.index(name), ""
    for column in sorted(columns, key=len, reverse=True):
        rest = name[len(column) :]
        if column and name.startswith(column) and re.fullmatch(f"({PART.pattern})+", rest):
            return columns.index(column), "".join(map(_step, PART.finditer(rest)))
    raise unknown("column", name, columns, "the file")


def _step(part: re.Match[str]) -> str:
    """
    >>> located("a.b/c[0]", ["a"])
    (0, '/b~1c/0')
    """
    return "/" + (part[1] or part[2]).replace("~", "~0").replace("/", "~1")


def whole(name: str, columns: Sequence[str]) -> str:
    """The column that the value stands in."""
    return columns[located(name, columns)[0]]


def whole_or_none(name: str, columns: Sequence[str]) -> str | None:
    try:
        return whole(name, columns)
    except InputError:
        return None
