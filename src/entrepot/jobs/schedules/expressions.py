"""When something is to be done, as people write it: cron's five fields, or `daily at 02:00`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime

from cronsim import CronSim, CronSimError

from entrepot.model.brief import brief
from entrepot.model.errors import InputError
from entrepot.model.suggest import nearest

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
NAMES = {name: short for short in DAYS for name in (short, f"{short}day")}
NAMES |= {"tuesday": "tue", "wednesday": "wed", "thursday": "thu", "saturday": "sat"}
LONGEST = 200
START = datetime(2026, 1, 1)  # noqa: DTZ001 - a day on the wall, nowhere in particular
SHORT = re.compile(
    r"(?P<every>hourly|daily|weekly|monthly)(?: on (?P<on>[a-z0-9]+(?: ?, ?[a-z0-9]+)*))?(?: at (?P<at>[0-9:]+))?"
)
FIELDS: Mapping[str, str] = {
    "minute": "Minutes go from 0 to 59.",
    "hour": "Hours go from 0 to 23.",
    "day-of-month": "Days go from 1 to the last one of the month; the last is L.",
    "month": "Months go from 1 to 12, or JAN to DEC.",
    "day-of-week": "Days of the week go from 0 (Sunday) to 6, or SUN to SAT.",
}
FORMS = "Write it as 'daily at 02:00', 'weekly on mon at 02:00', 'monthly on 1 at 02:00', 'hourly at :15', or as cron."


def five_fields(text: str, place: str) -> str:
    """What `text` says as a cron expression; `place` is where it stands. InputError `wrong_time` if it says nothing.

    >>> five_fields("weekly on mon, thu at 02:30", "cron")
    '30 2 * * mon,thu'
    """
    words = " ".join(text.lower().split())
    if not words or len(words) > LONGEST:
        raise _wrong(place, text, "says no time" if not words else "is too long", FORMS)
    short = SHORT.fullmatch(words)
    cron = MEANINGS[short["every"]](short, place, text) if short else _checked_length(words, place, text)
    _check(cron, place, text)
    return cron


def _checked_length(words: str, place: str, text: str) -> str:
    """Seconds, which some crons take as a sixth field, are none of ours."""
    fields = words.split(" ")
    if len(fields) == 5 and not words[0].isalpha():
        return words
    guess = nearest(fields[0].lstrip("@"), ("hourly", "daily", "weekly", "monthly"))
    remedy = f"Did you mean '{guess}'? {FORMS}" if guess else FORMS
    if words[0].isalpha() or words[0] == "@":
        raise _wrong(place, text, "is no time", remedy)
    count = "one field" if len(fields) == 1 else f"{len(fields)} fields"
    raise _wrong(place, text, f"has {count}, but cron has five: minute, hour, day, month, day of the week", FORMS)


def _check(cron: str, place: str, text: str) -> None:
    try:
        sim = CronSim(cron, START)
        found = next(sim, None)
    except (CronSimError, ValueError, AssertionError) as error:
        raise _unreadable(cron, str(error).removeprefix("Bad "), place, text) from error
    if found is None:
        raise _wrong(place, text, "never comes", "Name a day that the month has.")


def _unreadable(cron: str, field: str, place: str, text: str) -> InputError:
    if field not in FIELDS:
        return _wrong(place, text, "is no cron expression", FORMS)
    value = cron.split(" ")[[*FIELDS].index(field)]
    if field == "day-of-month" and value.replace(",", "").isdigit():
        return _wrong(place, text, f"has the {field} '{brief(value)}', which never comes", FIELDS[field])
    return _wrong(place, text, f"has the {field} '{brief(value)}', which is none", FIELDS[field])


def _hourly(short: re.Match[str], place: str, text: str) -> str:
    if short["on"]:
        raise _wrong(place, text, "names a day, but comes every hour", "Leave 'on …' out.")
    minute = re.fullmatch(r":([0-5][0-9])", short["at"] or ":00")
    if minute is None:
        raise _wrong(place, text, f"has '{short['at']}' for a minute", "Write it as ':15'.")
    return f"{int(minute[1])} * * * *"


def _daily(short: re.Match[str], place: str, text: str) -> str:
    if short["on"]:
        raise _wrong(place, text, "names a day, but comes every day", "Say 'weekly on …' or 'monthly on …'.")
    return f"{_clock(short, place, text)} * * *"


def _weekly(short: re.Match[str], place: str, text: str) -> str:
    days = [word.strip() for word in (short["on"] or "mon").split(",")]
    for day in days:
        if day not in NAMES:
            guess = nearest(day, NAMES)
            raise _wrong(place, text, f"has the day '{day}'", f"Say {guess or 'mon, tue, wed, thu, fri, sat or sun'}.")
    return f"{_clock(short, place, text)} * * {','.join(NAMES[day] for day in days)}"


def _monthly(short: re.Match[str], place: str, text: str) -> str:
    days = [word.strip() for word in (short["on"] or "1").split(",")]
    for day in days:
        if day == "last" or (day.isdecimal() and 1 <= int(day) <= 28):
            continue
        lacking = day in ("29", "30", "31")
        fact = f"has the day {day}, which not every month has" if lacking else f"has the day '{day}'"
        raise _wrong(place, text, fact, "Say a day from 1 to 28, or 'last' for the last one.")
    return f"{_clock(short, place, text)} {','.join('L' if day == 'last' else str(int(day)) for day in days)} * *"


def _clock(short: re.Match[str], place: str, text: str) -> str:
    """Minute and hour, as cron has them."""
    said = short["at"] or "00:00"
    clock = re.fullmatch(r"([01]?[0-9]|2[0-3]):([0-5][0-9])", said)
    if clock is None:
        raise _wrong(place, text, f"has the time '{brief(said)}'", "Write it as 02:00, from 00:00 to 23:59.")
    return f"{int(clock[2])} {int(clock[1])}"


Meaning = Callable[[re.Match[str], str, str], str]
MEANINGS: Mapping[str, Meaning] = {"hourly": _hourly, "daily": _daily, "weekly": _weekly, "monthly": _monthly}


def _wrong(place: str, text: str, fact: str, remedy: str) -> InputError:
    return InputError("wrong_time", f"{place} '{brief(text)}' {fact}.", remedy=remedy)
