"""Dates, times and timestamps: one separator, no spare zeros, zones in UTC.

Only an offset needs arithmetic; everything else is rewritten, so that values no calendar knows
(`0000-00-00`, `2024-02-30`) keep every digit.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

INFINITE = {
    "infinity": "infinity",
    "+infinity": "infinity",
    "inf": "infinity",
    "-infinity": "-infinity",
    "-inf": "-infinity",
}
TIME = re.compile(r"(-?[0-9]{2,}:[0-9]{2}:[0-9]{2})\.([0-9]+)")
TIMESTAMP = re.compile(
    r"([0-9]{4,})-([0-9]{2})-([0-9]{2})[ Tt]([0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.([0-9]+))?"
    r"(Z|z|[+-][0-9]{2}(?::?[0-9]{2}(?::?[0-9]{2})?)?)?( BC)?"
)
ERA = 400
"""The calendar repeats after this many years, so any year can be calculated in one that `datetime` knows."""
NEAR = 2000


def canonical_date(text: str) -> str:
    return INFINITE.get(text.lower(), text)


def canonical_time(text: str) -> str:
    """
    >>> canonical_time("10:00:00.500"), canonical_time("-838:59:59"), canonical_time("24:00:00")
    ('10:00:00.5', '-838:59:59', '24:00:00')
    """
    found = TIME.fullmatch(text)
    return found[1] + fraction(found[2]) if found else text


def fraction(digits: str | None) -> str:
    kept = (digits or "").rstrip("0")
    return f".{kept}" if kept else ""


def canonical_timestamp(text: str) -> str:
    """
    >>> canonical_timestamp("2024-01-02T10:00:00.500"), canonical_timestamp("-Infinity")
    ('2024-01-02 10:00:00.5', '-infinity')
    """
    found = TIMESTAMP.fullmatch(text)
    if not found or found[6]:
        return INFINITE.get(text.lower(), text)
    year, month, day, clock, digits, _, era = found.groups()
    return f"{year}-{month}-{day} {clock}{fraction(digits)}{era or ''}"


def canonical_timestamp_tz(text: str) -> str:
    """
    >>> canonical_timestamp_tz("2024-01-02T10:00:00+05:30"), canonical_timestamp_tz("0001-01-01 00:00:00+01")
    ('2024-01-02 04:30:00+00', '0001-12-31 23:00:00+00 BC')
    """
    found = TIMESTAMP.fullmatch(text)
    if not found:
        return INFINITE.get(text.lower(), text)
    year, month, day, clock, digits, zone, era = found.groups()
    distance = offset(zone or "Z")
    if not distance:
        return f"{year}-{month}-{day} {clock}{fraction(digits)}+00{era or ''}"
    moved = in_utc(f"{month}-{day} {clock}", int(year), era is not None, distance)
    return f"{moved[0]}{fraction(digits)}+00{moved[1]}" if moved else text


def offset(zone: str) -> timedelta:
    digits = re.sub("[^0-9]", "", zone)
    hours, minutes, seconds = (int(digits[at : at + 2] or 0) for at in (0, 2, 4))
    distance = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    return -distance if zone[0] == "-" else distance


def in_utc(within: str, year: int, before_christ: bool, zone: timedelta) -> tuple[str, str] | None:
    """The moment without its zone and the mark of its era; None if there is no such moment."""
    counted = 1 - year if before_christ else year
    near = NEAR + counted % ERA
    try:
        moved = datetime.fromisoformat(f"{near:04d}-{within}") - zone
    except ValueError:
        return None
    counted += moved.year - near
    shown, era = (counted, "") if counted > 0 else (1 - counted, " BC")
    return f"{shown:04d}-{moved:%m-%d %H:%M:%S}", era
