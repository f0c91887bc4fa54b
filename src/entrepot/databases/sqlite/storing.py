"""How a text form becomes a value of SQLite, whose columns change what they are given: a text that looks like a number
becomes one wherever the column's affinity likes numbers better. What would not be read as it was written is refused."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Mapping
from decimal import Decimal
from math import isinf

from entrepot.databases.sqlite.functions import Stored, float_text
from entrepot.databases.sqlite.types import keeps_text
from entrepot.model.catalog import Field
from entrepot.model.types import MOMENTS, NUMBERS, Kind

NULL = "\0"
"""What a NULL looks like among the texts. A text that is nothing but this character cannot be written."""
EMPTY = ""
"""What one looks like in a file, whose own empty texts look like that, too: no such text may be in it."""
IN_SQL = {NULL: "CAST(x'00' AS TEXT)", EMPTY: "''"}
"""Unlike a function, constants."""
EXACT_DIGITS = 15
"""A number of so many characters, exponents aside, is always kept as it is."""
NUMERIC = re.compile(r"[ \t\n\v\f\r]*[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?[ \t\n\v\f\r]*")
"""What SQLite takes for a number."""
WHOLE = re.compile(r"[ \t\n\v\f\r]*[-+]?[0-9]+[ \t\n\v\f\r]*")
NUMERIC_CHARACTERS = "-+.eE0-9 \t\n\v\f\r"
"""Inside the brackets of a GLOB pattern, behind its ^."""
INFINITIES = {"Infinity": float("inf"), "-Infinity": float("-inf")}
UNLIKE_NUMBERS = MOMENTS | {Kind.UUID}
"""Kinds whose canonical texts SQLite never takes for a number."""
SMALLEST, LARGEST = -(2**63), 2**63 - 1
DAY_LIKE = "[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]"


class NotKeptError(ValueError):
    """SQLite would change this value."""


def stored(field: Field, number: int) -> str:
    """SQL that makes of the parameter with this number what `field` is to hold."""
    return _unless(NULL, number, lambda given: _cases(field, given))


def loaded(field: Field, number: int) -> str:
    """The same for the values of a file that were found canonical. (Looking for a colon in two moments takes a tenth of
    what a row takes.)"""
    harmless = field.type.kind in UNLIKE_NUMBERS
    return _unless(EMPTY, number, lambda given: f"ELSE {given}" if harmless else _cases(field, given))


def _unless(null: str, number: int, cases: Callable[[str], str]) -> str:
    given = f"?{number:d}"
    return f"CASE WHEN {given} = {IN_SQL[null]} THEN NULL {cases(given)} END"


def _cases(field: Field, given: str) -> str:
    """WHEN and ELSE, without calling functions as far as possible; those of ours are for rare values only."""
    kind = field.type.kind
    if kind is Kind.BYTES:
        return f"ELSE entrepot_bytes({given})"
    if keeps_text(field.native) or not field.native.strip():
        return f"ELSE {given}"
    if kind is Kind.INTEGER:
        return f"WHEN CAST({given} AS INTEGER) = {given} THEN {given} ELSE entrepot_exact({given})"
    if kind is Kind.FLOAT:
        return f"WHEN {_is_short(given)} AND {_has_none(given, 'eEI')} THEN {given} ELSE entrepot_real({given})"
    if kind in NUMBERS:
        return f"WHEN {_is_short(given)} AND {_has_none(given, 'eE')} THEN {given} ELSE entrepot_exact({given})"
    return _text(kind, given)


def _text(kind: Kind, given: str) -> str:
    """Dates, JSON and the like in a column that likes numbers better: harmless while they do not look like one. All
    characters that a number may begin with come before the colon. A number of JSON is the same with other digits."""
    words = f"WHEN {given} = 'true' THEN 1 WHEN {given} = 'false' THEN 0 " if kind is Kind.BOOLEAN else ""
    plain = (
        f"{given} > ':' OR {given} GLOB '*:*' OR {given} GLOB '{DAY_LIKE}' OR {given} GLOB '*[^{NUMERIC_CHARACTERS}]*'"
    )
    kept = "entrepot_exact" if kind is Kind.JSON else "entrepot_same"
    return f"{words}WHEN {plain} THEN {given} ELSE {kept}({given})"


def _is_short(given: str) -> str:
    return f"length({given}) <= {EXACT_DIGITS}"


def _has_none(given: str, characters: str) -> str:
    """One by one, which GLOB does faster than by a set."""
    return " AND ".join(f"{given} NOT GLOB '*{character}*'" for character in characters)


def blob(text: str) -> bytes | str:
    r"""
    >>> blob(r"\x00ff")
    b'\x00\xff'
    """
    return bytes.fromhex(text[2:]) if text.startswith("\\x") else text


def real(text: str) -> float | str:
    """As a double, and so the nearest one; SQLite's own reading of many digits may miss it."""
    if text in INFINITIES:
        return INFINITIES[text]
    if not NUMERIC.fullmatch(text):
        return text
    if isinf(value := float(text)):
        raise NotKeptError(text)
    return value


def exact(text: str) -> str:
    """A number that keeps its value; trailing zeros are none of it."""
    if not NUMERIC.fullmatch(text):
        return text
    kept = read_back(text)
    if kept in INFINITIES or Decimal(kept) != Decimal(text.strip()):
        raise NotKeptError(text)
    return text


def same(text: str) -> str:
    """A text that keeps every character."""
    if NUMERIC.fullmatch(text) and read_back(text) != text:
        raise NotKeptError(text)
    return text


def read_back(text: str) -> str:
    """The text form of what a column that likes numbers makes of this one.

    >>> read_back("1.50"), read_back("12345678901234567890"), read_back("007")
    ('1.5', '1.2345678901234567e+19', '7')
    """
    if WHOLE.fullmatch(text) and SMALLEST <= int(text) <= LARGEST:
        return str(int(text))
    value = float(text)
    if value.is_integer() and abs(value) < 2**51:
        return str(int(value))
    return float_text(value)


FUNCTIONS: Mapping[str, Callable[[str], Stored]] = {
    "entrepot_bytes": blob,
    "entrepot_real": real,
    "entrepot_exact": exact,
    "entrepot_same": same,
}


def register_storing(connection: sqlite3.Connection, refused: Callable[[str], None]) -> None:
    """SQLite tells of a function only that it failed, so the value that cannot be kept is told to `refused`."""
    for name, function in FUNCTIONS.items():
        connection.create_function(name, 1, _told(function, refused), deterministic=True)


def _told(function: Callable[[str], Stored], refused: Callable[[str], None]) -> Callable[[str], Stored]:
    def told(text: str) -> Stored:
        try:
            return function(text)
        except ValueError:
            refused(text)
            raise

    return told
