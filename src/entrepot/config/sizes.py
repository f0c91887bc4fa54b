"""Sizes as people write them in the settings: `10 GB`."""

from __future__ import annotations

import re
from typing import NewType

from entrepot.model.brief import brief
from entrepot.model.errors import InputError

Size = NewType("Size", int)
"""In bytes."""
UNITS = {"b": 1, "kb": 10**3, "mb": 10**6, "gb": 10**9, "tb": 10**12}
FORM = re.compile(r"(?P<number>[0-9]{1,9}) ?(?P<unit>[A-Za-z]+)")


def size(value: object, where: str) -> Size:
    """
    >>> size("10 GB", "tenancy.quota")
    10000000000
    """
    match = FORM.fullmatch(value.strip()) if isinstance(value, str) else None
    found = int(match["number"]) * UNITS.get(match["unit"].lower(), 0) if match else 0
    if found == 0:
        shown = f"'{brief(value)}'" if isinstance(value, str) else brief(repr(value))
        raise InputError(
            "wrong_size",
            f"{where} is {shown}, which is no size.",
            remedy="Write a number with its unit, such as 500 MB or 10 GB.",
        )
    return Size(found)
