"""How many outputs stay, as people write it: `{ daily = 7, weekly = 4, within = "90d", size = "10 GB" }`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from entrepot.config.durations import duration
from entrepot.config.sizes import size
from entrepot.jobs.schedules.rotation import Keep
from entrepot.model.brief import brief
from entrepot.model.errors import InputError
from entrepot.model.suggest import unknown

MOST = 100_000


def keep_of(given: Mapping[str, object], place: str) -> Keep | None:
    """None: nothing is said, so that nothing ever goes.

    >>> keep_of({"daily": 7, "size": "10 GB"}, "keep")
    Keep(last=None, within=None, daily=7, weekly=None, monthly=None, size=10000000000)
    """
    for name in given:
        if name not in RULES:
            raise unknown("rule", name, RULES, place)
    return Keep(**{name: RULES[name](value, f"{place}.{name}") for name, value in given.items()}) if given else None


def _count(value: object, where: str) -> int:
    number = int(value) if isinstance(value, str) and re.fullmatch(r"[0-9]{1,6}", value) else value
    if type(number) is not int or not 1 <= number <= MOST:
        raise InputError(
            "wrong_count",
            f"{where} is {_shown(value)}, which is no number of outputs to keep.",
            remedy=f"Give a whole number from 1 to {MOST}; the last good output always stays.",
        )
    return number


def _within(value: object, where: str) -> timedelta:
    return duration(value, where)


def _shown(value: object) -> str:
    return f"'{brief(value)}'" if isinstance(value, str) else brief(repr(value))


RULES: Mapping[str, Callable[[object, str], Any]] = {
    "last": _count,
    "within": _within,
    "daily": _count,
    "weekly": _count,
    "monthly": _count,
    "size": size,
}
