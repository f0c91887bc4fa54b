"""Dates, times and durations as people type them, strictly, into the text form of docs/reference/values.md.

ISO 8601 with `T` or a space. A moment without a zone is UTC; one with a zone becomes UTC.
"""

from __future__ import annotations

import re
from calendar import isleap
from datetime import datetime, timedelta

from entrepot.model.literal_error import LiteralError
from entrepot.model.types import Kind, LogicalType

DATE = re.compile(r"([0-9]{4,7})([-/])([0-9]{1,2})\2([0-9]{1,2})")
"""A year in front, in full: then nobody can take the month for the day, zeros or not."""
TIME = re.compile(r"(-?)([0-9]{2,3}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]+))?)?")
MOMENT = re.compile(r"([0-9/-]+)(?:[T ]([0-9:.]+))? ?(Z|[+-][0-9]{2}(?::?[0-9]{2})?)?( BC)?", re.IGNORECASE)
INTERVAL = re.compile(
    r"-?P(?=[0-9T-])(-?[0-9]+Y)?(-?[0-9]+M)?(-?[0-9]+W)?(-?[0-9]+D)?"
    r"(T(?=[0-9-])(-?[0-9]+H)?(-?[0-9]+M)?(-?[0-9]+(\.[0-9]+)?S)?)?"
)
DISTANT = "such a distant moment is written in UTC, without a zone"
ENDLESS = ("infinity", "-infinity")
DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
ZERO = "0000-00-00"
TIME_OF_DAY = LogicalType(kind=Kind.TIME)


def read_date(text: str, type: LogicalType) -> str:
    if text.lower() in ENDLESS:
        return text.lower()
    bare = text.removesuffix(" BC")
    return _date(bare, before_christ=bare != text) + text[len(bare) :]


def _date(text: str, *, before_christ: bool) -> str:
    if text == ZERO and not before_christ:
        return ZERO
    found = DATE.fullmatch(text)
    if found is None:
        raise LiteralError("a date is written as 2024-01-31")
    year, month, day = (int(part) for part in found.group(1, 3, 4))
    if year == 0 or not 1 <= month <= 12 or not 1 <= day <= _days(1 - year if before_christ else year, month):
        raise LiteralError("there is no such day")
    return f"{year:04}-{month:02}-{day:02}"


def _days(year: int, month: int) -> int:
    return 28 if month == 2 and not isleap(year) else DAYS[month - 1]


def read_time(text: str, type: LogicalType) -> str:
    """Also hours above 23 and a sign, where an engine has them (MariaDB)."""
    found = TIME.fullmatch(text)
    if found is None:
        raise LiteralError("a time is written as 10:30:00")
    sign, hour, minute, second, fraction = found.groups()
    if int(minute) > 59 or int(second or 0) > 59 or int(hour) > 838:
        raise LiteralError("there is no such time")
    return f"{sign}{int(hour):02}:{minute}:{second or '00'}{_fraction(fraction)}"


def _fraction(digits: str | None) -> str:
    """No database keeps more than microseconds; rounding here would compare with another moment."""
    kept = (digits or "").rstrip("0")
    if len(kept) > 6:
        raise LiteralError("it is finer than a microsecond")
    return f".{kept}" if kept else ""


def read_timestamp(text: str, type: LogicalType) -> str:
    if text.lower() in ENDLESS:
        return text.lower()
    found = MOMENT.fullmatch(text)
    if found is None:
        raise LiteralError("a moment is written as 2024-01-31 10:30:00")
    date, time, zone, era = found.groups()
    if era and _offset(zone):
        raise LiteralError(DISTANT)
    moment = _in_utc(_date(date, before_christ=bool(era)), _clock(time or "00:00"), zone)
    return moment + (era or "").upper()


def read_zoned(text: str, type: LogicalType) -> str:
    moment = read_timestamp(text, type)
    if moment in ENDLESS:
        return moment
    bare = moment.removesuffix(" BC")
    return f"{bare}+00{moment[len(bare) :]}"


def _clock(text: str) -> str:
    found = TIME.fullmatch(text)
    if found is None or int(found[2]) > 23:
        raise LiteralError("there is no such time of day")
    return read_time(text, TIME_OF_DAY)


def _in_utc(date: str, time: str, zone: str | None) -> str:
    offset = _offset(zone)
    if not offset:
        return f"{date} {time}"
    whole, point, fraction = time.partition(".")
    try:
        moved = datetime.fromisoformat(f"{date} {whole}") - offset
    except (ValueError, OverflowError) as error:
        raise LiteralError(DISTANT) from error
    return f"{moved.isoformat(sep=' ')}{point}{fraction}"


def _offset(zone: str | None) -> timedelta:
    if zone is None or zone in "Zz":
        return timedelta()
    digits = zone[1:].replace(":", "").ljust(4, "0")
    hours, minutes = int(digits[:2]), int(digits[2:])
    if hours > 15 or minutes > 59:
        raise LiteralError("there is no such time zone")
    size = timedelta(hours=hours, minutes=minutes)
    return -size if zone[0] == "-" else size


def read_interval(text: str, type: LogicalType) -> str:
    if not INTERVAL.fullmatch(text.upper()):
        raise LiteralError("a duration is written as P1Y2M3DT4H5M6S")
    return text.upper()
