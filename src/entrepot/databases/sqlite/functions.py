"""The few things that SQLite's own SQL cannot do, as functions of our connections."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable, Mapping
from functools import lru_cache
from math import isinf, isnan

from entrepot.databases.dialect import FINITE
from entrepot.model.canonical_moments import canonical_timestamp, canonical_timestamp_tz

NUMBER = re.compile(FINITE)
Stored = str | bytes | int | float | None
"""What a SQLite value can be."""
LARGEST_WHOLE = 1e15
"""From here on, whole floats are written with an exponent."""


def float_text(value: float) -> str:
    """The shortest text that parses to the same double, as PostgreSQL writes it.

    >>> float_text(0.1), float_text(5.0), float_text(1e300), float_text(1234567890123456.0)
    ('0.1', '5', '1e+300', '1.234567890123456e+15')
    """
    if isinf(value) or isnan(value):
        return "NaN" if isnan(value) else ("Infinity" if value > 0 else "-Infinity")
    if abs(value) >= LARGEST_WHOLE:
        return next(text for digits in range(17) if float(text := f"{value:.{digits}e}") == value)
    return repr(value).removesuffix(".0")


def is_number(text: Stored) -> bool:
    """Whether a text is a finite decimal number."""
    return isinstance(text, str) and NUMBER.fullmatch(text) is not None


def number_text(text: str) -> str:
    return float_text(float(text))


def lowercase(text: Stored) -> Stored:
    return text.lower() if isinstance(text, str) else text


def uppercase(text: Stored) -> Stored:
    return text.upper() if isinstance(text, str) else text


def moment(text: Stored) -> Stored:
    """The canonical form of a timestamp without a zone."""
    return canonical_timestamp(text) if isinstance(text, str) else text


def zoned_moment(text: Stored) -> Stored:
    """The canonical form of a timestamp with a zone: in UTC."""
    return canonical_timestamp_tz(text) if isinstance(text, str) else text


# SQLite's own text functions and GLOB stop at a NUL; these do not. See `dialect.CarefulDialect`.


def replace(text: str | None, old: str, new: str) -> str | None:
    return None if text is None else text.replace(old, new)


@lru_cache(maxsize=64)
def pairs_of(text: str) -> tuple[tuple[str, str], ...]:
    return tuple((old, new) for old, new in json.loads(text))


def replace_all(text: str | None, pairs: str) -> str | None:
    """`pairs` is a JSON array of [old, new], applied in their order."""
    if text is None:
        return None
    for old, new in pairs_of(pairs):
        text = text.replace(old, new)
    return text


def contains_any(text: str | None, characters: str) -> bool | None:
    return None if text is None else not set(characters).isdisjoint(text)


def contains(text: str | None, part: str) -> bool | None:
    return None if text is None else part in text


def length(text: str | None) -> int | None:
    return None if text is None else len(text)


def left(text: str | None, characters: int) -> str | None:
    return None if text is None else text[:characters]


FUNCTIONS: Mapping[str, tuple[int, Callable[..., Stored]]] = {
    "entrepot_float": (1, float_text),
    "entrepot_is_number": (1, is_number),
    "entrepot_number": (1, number_text),
    "entrepot_lowercase": (1, lowercase),
    "entrepot_uppercase": (1, uppercase),
    "entrepot_moment": (1, moment),
    "entrepot_zoned_moment": (1, zoned_moment),
    "entrepot_replace": (3, replace),
    "entrepot_replace_all": (2, replace_all),
    "entrepot_contains_any": (2, contains_any),
    "entrepot_contains": (2, contains),
    "entrepot_length": (1, length),
    "entrepot_left": (2, left),
}


def register(connection: sqlite3.Connection) -> None:
    for name, (arguments, function) in FUNCTIONS.items():
        connection.create_function(name, arguments, function, deterministic=True)
