"""Lengths of time as people write them in the settings: `90d`."""

from __future__ import annotations

import re
from datetime import timedelta

from entrepot.model.errors import InputError

UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
FORM = re.compile(r"(?P<number>\d{1,7}) ?(?P<unit>[A-Za-z]+)")
LONGEST = timedelta(days=36_500)
WORDS = {"hour": ("h", 1), "hr": ("h", 1), "day": ("d", 1), "week": ("w", 1), "month": ("d", 30), "mo": ("d", 30)}
WORDS |= {"year": ("d", 365), "yr": ("d", 365), "y": ("d", 365), "m": ("d", 30)}
"""What people write besides, and what they may mean by it."""


def duration(value: object, where: str) -> timedelta:
    """
    >>> duration("90d", "retention.journals")
    datetime.timedelta(days=90)
    """
    match = FORM.fullmatch(value) if isinstance(value, str) else None
    if match is None or f"{match['number']}{match['unit']}" != value or match["unit"] not in UNITS:
        raise _wrong(value, where, _guess(match))
    length = UNITS[match["unit"]] * int(match["number"])
    if not timedelta() < length <= LONGEST:
        raise InputError(
            "wrong_duration", f"{where} is '{value}'.", remedy="It can be anything from 1h to 36500d (a hundred years)."
        )
    return length


def _guess(match: re.Match[str] | None) -> str:
    """What was meant, if that can be said."""
    if match is None:
        return ""
    unit = match["unit"].lower()
    letter, times = WORDS.get(unit.removesuffix("s"), (unit, 1))
    return f"{int(match['number']) * times}{letter}" if letter in UNITS else ""


def _wrong(value: object, where: str, guess: str) -> InputError:
    shown = f"'{value}'" if isinstance(value, str) else repr(value)
    return InputError(
        "wrong_duration",
        f"{where} is {shown}, which is no length of time.",
        remedy=(f"Did you mean '{guess}'? " if guess else "") + "It is a number with h, d or w behind it, such as 30d.",
    )
