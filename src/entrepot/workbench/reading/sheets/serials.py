"""Day numbers of spreadsheets as moments, times and durations, in the forms of docs/reference/values.md.

A double holds the microseconds of a day until 2079, if all of its digits are written; otherwise, moments are those of
a millisecond. What programs calculate is a few microseconds off, so what is that near to one is meant to be it; but
not in a workbook of ours that nobody has saved since, where they were written.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

DAY = 86_400_000_000
"""Microseconds."""
MINUTE, SECOND, MILLISECOND = 60_000_000, 1_000_000, 1000
MINUTES = tuple(f"{hour:02d}:{minute:02d}" for hour in range(24) for minute in range(60))
NEAR = 5
EXACT_DECIMALS, EXACT_DAYS = 10, 65_536
ZERO_1900 = datetime(1899, 12, 30)  # noqa: DTZ001 - a spreadsheet's clock stands nowhere
"""From day 61 on; Excel believes in 29 February 1900."""
BEFORE_1900 = datetime(1899, 12, 31)  # noqa: DTZ001
ZERO_1904 = datetime(1904, 1, 1)  # noqa: DTZ001
END = datetime(9999, 12, 31, 23, 59, 59)  # noqa: DTZ001
MISTAKEN_DAY = 60
MOST_DAYS = 3_000_000
LONGEST_DAY = 5


class Serials:
    """Of one workbook; the same numbers come again and again."""

    def __init__(self, *, is_1904: bool, ours: bool = False) -> None:
        self.is_1904, self.ours = is_1904, ours
        self.zero = ZERO_1904 if is_1904 else ZERO_1900
        self.first = DAY if is_1904 else (MISTAKEN_DAY + 1) * DAY
        self.end = (END - self.zero) // timedelta(microseconds=1)
        self.known: dict[str, str] = {}
        """Of short numbers: whole days, of which there are not many."""
        self.days: dict[int, str] = {}
        self.written: dict[str, str] = {}
        """The same days, by how they are written."""

    def moments(self, numbers: Sequence[str]) -> list[str]:
        known = self.known
        return [known.get(number) or self.exact(number) or self.moment(number) for number in numbers]

    def exact(self, number: str) -> str | None:
        """A moment with all of its digits, on a day that came before; they are most, and each costs a call. None: it
        is another number."""
        written, _, part = number.partition(".")
        day = self.written.get(written)
        if day is None or len(part) <= EXACT_DECIMALS or not part.isdecimal():
            return None
        ticks = written_by_us(number, int(written)) if self.ours else meant(of_a_day(part), NEAR)
        return f"{day} {time_of_day(ticks)}" if 0 < ticks < DAY else None

    def moment(self, number: str) -> str:
        """A day, with its time where it has one; a time alone on the day that is none. What is beyond any calendar
        stays the number that it is."""
        text = self._moment(number)
        if len(number) <= LONGEST_DAY:
            self.known[number] = text
        return text

    def _moment(self, number: str) -> str:
        ticks = microseconds(number, ours=self.ours)
        if ticks is None:
            return number
        day, rest = divmod(ticks, DAY)
        named = self.days.get(day)
        if named is None:
            if not self.first <= ticks < self.end:
                return self._early(number, day, rest)
            named = self.days[day] = (self.zero + timedelta(days=day)).date().isoformat()
            if day < EXACT_DAYS:
                self.written[str(day)] = named
        return f"{named} {time_of_day(rest)}" if rest else named

    def _early(self, number: str, day: int, rest: int) -> str:
        if day == 0 and rest:
            return clock(rest)
        named = self._day(day)
        if named is None:
            return number
        return f"{named} {clock(rest)}" if rest else named

    def _day(self, day: int) -> str | None:
        """One of the first two months of 1900, or the first day of 1904."""
        if self.is_1904 and day == 0:
            return ZERO_1904.date().isoformat()
        if self.is_1904 or not 0 < day <= MISTAKEN_DAY:
            return None
        return "1900-02-29" if day == MISTAKEN_DAY else (BEFORE_1900 + timedelta(days=day)).date().isoformat()

    def time(self, number: str) -> str:
        """Of a day; with the day where there is one."""
        ticks = microseconds(number, ours=self.ours)
        return clock(ticks) if ticks is not None and 0 <= ticks < DAY else self.moment(number)


def duration(number: str) -> str:
    """
    >>> duration("1.5"), duration("-0.25"), duration("x")
    ('36:00:00', '-06:00:00', 'x')
    """
    ticks = microseconds(number)
    if ticks is None:
        return number
    return clock(ticks) if ticks >= 0 else f"-{clock(-ticks)}"


def microseconds(number: str, *, ours: bool = False) -> int | None:
    """None for what is no number of days. In whole numbers: a double would lose some."""
    days, _, part = number.partition(".")
    near = MILLISECOND // 2
    if days.isdecimal() and (part.isdecimal() or not part):
        whole, ours = int(days), ours and int(days) < EXACT_DAYS
        ticks = whole * DAY + (written_by_us(number, whole) if ours else of_a_day(part or "0"))
        if ours or (len(part) > EXACT_DECIMALS and whole < EXACT_DAYS):
            near = 0 if ours and len(part) > EXACT_DECIMALS else NEAR
    else:
        try:
            ticks = int((Decimal(number) * DAY).to_integral_value())
        except (ArithmeticError, ValueError):
            return None
    if abs(ticks) > MOST_DAYS * DAY:
        return None
    return meant(ticks, near)


def written_by_us(number: str, day: int) -> int:
    """The microseconds of the day. The number is a double, whose shortest form is up to half a microsecond beside it.

    >>> written_by_us("45592.06250142889", 45592)
    5400123456
    """
    return round((float(number) - day) * DAY)


def of_a_day(part: str) -> int:
    """The microseconds of what stands behind the point."""
    scale = 10 ** len(part)
    return (int(part) * DAY + scale // 2) // scale


def meant(ticks: int, near: int) -> int:
    """The millisecond that is so near."""
    rest = (ticks + near) % MILLISECOND
    return ticks + near - rest if rest <= 2 * near else ticks


def time_of_day(ticks: int) -> str:
    """
    >>> time_of_day(36_000_000_000), time_of_day(86_399_999_990)
    ('10:00:00', '23:59:59.99999')
    """
    minute, rest = divmod(ticks, MINUTE)
    second, part = divmod(rest, SECOND)
    text = f"{MINUTES[minute]}:{second:02d}"
    return f"{text}.{part:06d}".rstrip("0") if part else text


def clock(ticks: int) -> str:
    """
    >>> clock(36_000_000_000), clock(1_500_000), clock(250 * 3_600_000_000)
    ('10:00:00', '00:00:01.5', '250:00:00')
    """
    seconds, rest = divmod(ticks, SECOND)
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    fraction = f".{rest:06d}".rstrip("0") if rest else ""
    return f"{hour:02d}:{minute:02d}:{second:02d}{fraction}"
