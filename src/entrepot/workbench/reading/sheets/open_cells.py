"""What a cell of an OpenDocument sheet says: the kind of its value, the value, and what is shown of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta

from entrepot.workbench.reading.sheets.serials import MILLISECOND, NEAR, clock
from entrepot.workbench.reading.sheets.values import BOOLEANS, number

OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0"
CALC = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"
KIND, KIND_BESIDE = f"{OFFICE} value-type", f"{CALC} value-type"
FORMULA = f"{TABLE} formula"
STRING = f"{OFFICE} string-value"
ERROR = re.compile(r"#N/A|#[^\s!?]+[!?]|Err:[0-9]{3}")
"""`#DIV/0!`, `#WERT!`: they are shown in the language of whoever saved the file."""
SHORT_ERROR = re.compile(r"#[^\W\d_]{2,4}")
"""`#NV` for `#N/A`; of a text it could be a good part."""
DAY = re.compile(r"([0-9]{4,5}-[0-9]{2}-[0-9]{2})(?:T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:[.,]([0-9]+))?)?")
DURATION = re.compile(r"(-?)P(?:([0-9]+)D)?T?(?:([0-9]+)H)?(?:([0-9]+)M)?(?:([0-9]+)(?:[.,]([0-9]+))?S)?")
DIGITS = 6
HOUR, MINUTE, SECOND = 3_600_000_000, 60_000_000, 1_000_000
Found = tuple[str | None, str | None]
"""The value, and the code of what is wrong with it instead."""


def said(given: Mapping[str, str], shown: str | None) -> Found:
    """`shown` is its text, if it has one."""
    kind = given.get(KIND)
    if is_error(given, kind, shown):
        return shown, "error_value"
    if kind is None or kind == "void":
        return (shown or None, None) if FORMULA not in given else (shown, "no_cached_value")
    if kind == "string":
        return given.get(STRING, shown or ""), None
    name, turn = TURNS.get(kind, ("", str))
    value = given.get(f"{OFFICE} {name}")
    return (turn(value), None) if value is not None else (shown, "no_cached_value")


def is_error(given: Mapping[str, str], kind: str | None, shown: str | None) -> bool:
    """Some programs say so. Others write 0, or the word as if it were a text; only formulas go wrong."""
    if "error" in (kind, given.get(KIND_BESIDE)):
        return True
    if FORMULA not in given or not shown:
        return False
    return bool(ERROR.fullmatch(shown) or (kind != "string" and SHORT_ERROR.fullmatch(shown)))


def truth(value: str) -> str:
    return BOOLEANS.get(value.strip().lower(), value)


def moment(value: str) -> str:
    """
    >>> moment("2024-01-31"), moment("2024-01-31T00:00:00"), moment("2024-01-31T10:30:00.500000000"), moment("x")
    ('2024-01-31', '2024-01-31', '2024-01-31 10:30:00.5', 'x')
    >>> moment("2024-01-31T23:59:59.999999999"), moment("2024-01-31T23:59:60")
    ('2024-02-01', '2024-01-31 24:00:00')
    """
    match = DAY.fullmatch(value)
    if match is None:
        return value
    day, hour, minute, second, part = match.groups(default="0")
    ticks = int(hour) * HOUR + int(minute) * MINUTE + int(second) * SECOND + microseconds(part)
    if (hour, minute, second) == ("23", "59", "59") and ticks == 24 * HOUR:
        day, ticks = day_after(day), 0
    return f"{day} {clock(ticks)}" if ticks else day


def day_after(day: str) -> str:
    """What is next to midnight is midnight; behind the last day of all there is none.

    >>> day_after("2024-02-28"), day_after("9999-12-31"), day_after("2024-02-30")
    ('2024-02-29', '9999-12-31 24:00:00', '2024-02-30 24:00:00')
    """
    try:
        return (date.fromisoformat(day) + timedelta(days=1)).isoformat()
    except (ValueError, OverflowError):
        return f"{day} 24:00:00"


def duration(value: str) -> str:
    """
    >>> duration("PT36H00M00S"), duration("-PT1H30M"), duration("PT00H00M01.499999S"), duration("P1D"), duration("PT")
    ('36:00:00', '-01:30:00', '00:00:01.5', '24:00:00', 'PT')
    """
    match = DURATION.fullmatch(value)
    if match is None or not any(match.groups()[1:]):
        return value
    sign, *numbers, part = match.groups(default="0")
    day, hour, minute, second = map(int, numbers)
    ticks = (day * 24 + hour) * HOUR + minute * MINUTE + second * SECOND + microseconds(part)
    return f"{sign.strip('0')}{clock(ticks)}"


def microseconds(digits: str) -> int:
    """Calculated times are not exact: what is near to a millisecond is meant to be it."""
    ticks = round(int(digits) * 10 ** (DIGITS - len(digits))) if len(digits) <= DIGITS else rounded(digits)
    rest = (ticks + NEAR) % MILLISECOND
    return ticks + NEAR - rest if rest <= 2 * NEAR else ticks


def rounded(digits: str) -> int:
    return (int(digits[: DIGITS + 1]) + 5) // 10


TURNS: Mapping[str, tuple[str, Callable[[str], str]]] = {
    "float": ("value", number),
    "percentage": ("value", number),
    "currency": ("value", number),
    "boolean": ("boolean-value", truth),
    "date": ("date-value", moment),
    "time": ("time-value", duration),
}
"""In which attribute the value stands."""
