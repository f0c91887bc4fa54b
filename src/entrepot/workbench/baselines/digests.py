"""SQL of the digests of cells.

A value goes out of the database as text, through a cell, through a spreadsheet program that saves it anew, and back as
a text. What is digested is what all of these leave the same: numbers of a cell are doubles, moments are those of a
millisecond, an empty text is an empty cell, a line ends in one character, a long text is cut.
"""

from __future__ import annotations

from collections.abc import Sequence

from entrepot.model.baselines import CELL_DIGITS, KEY_DIGITS, MOMENTS
from entrepot.model.types import Kind
from entrepot.workbench.source import literal

LONGEST_TEXT = 32_767
EXACT_CHARACTERS = 15
"""What is longer stands in a cell as a text (`formats.xlsx.cells`)."""
DOUBLE = "(TRY_CAST({x} AS DOUBLE) + 0)"
"""Negative zeros become the other one."""
SHORT = "printf('%.15g', {d})"
"""What every program keeps of a double."""
NUMBER = (
    f"CASE WHEN strlen({{x}}) <= {EXACT_CHARACTERS} THEN coalesce({DOUBLE}::VARCHAR, {{x}})"
    " WHEN contains({x}, '.') AND NOT contains(lower({x}), 'e') THEN rtrim(rtrim({x}, '0'), '.') ELSE {x} END"
)
TICKS = "CASE WHEN {x} >= '0' AND {x} < ':' THEN epoch_us(TRY_CAST({x} AS TIMESTAMP)) END"
TEXT = (
    f"replace(replace(CASE WHEN length({{x}}) > {LONGEST_TEXT} THEN left({{x}}, {LONGEST_TEXT}) ELSE {{x}} END,"
    " chr(13) || chr(10), chr(10)), chr(13), chr(10))"
)
FORMS: dict[Kind, str] = {
    Kind.BOOLEAN: "CASE WHEN lower({x}) IN ('t', 'true', '1') THEN 'true'"
    " WHEN lower({x}) IN ('f', 'false', '0') THEN 'false' ELSE {x} END",
    Kind.INTEGER: NUMBER,
    Kind.DECIMAL: NUMBER,
    Kind.DATE: "CASE WHEN suffix({x}, ' 00:00:00') THEN left({x}, -9) ELSE {x} END",
}
EXACT, INEXACT = "m", "u"
"""In front of what a cell keeps of a value: it was all of it, or there were microseconds, or more digits, besides."""
SHIFTS = ("", " * (1 + 6e-16)", " * (1 - 6e-16)")
"""Some programs keep 16 digits, which may be rounded the other way."""


def form(kind: Kind, value: str) -> str:
    """SQL of what is digested of a text; NULL and an empty text give nothing."""
    if kind in MOMENTS:
        ticks = TICKS.replace("{x}", value)
        inexact = f"'{INEXACT}' || (({ticks} + 500) // 1000)"
        exact = f"'{EXACT}' || ({ticks} // 1000)"
        return f"coalesce(CASE WHEN {ticks} % 1000 = 0 THEN {exact} ELSE {inexact} END, {value})"
    if kind is Kind.FLOAT:
        double = DOUBLE.replace("{x}", value)
        short = SHORT.replace("{d}", double)
        marked = f"CASE WHEN TRY_CAST({short} AS DOUBLE) = {double} THEN '{EXACT}' ELSE '{INEXACT}' END"
        return f"coalesce({marked} || {short}, {value})"
    return FORMS.get(kind, TEXT).replace("{x}", value)


def near(kind: Kind, value: str) -> list[str]:
    """SQL of what else a cell may have been: a moment has lost its microseconds, or some of them, and a number the last
    of many digits."""
    if kind is Kind.FLOAT:
        double = DOUBLE.replace("{x}", value)
        return [f"'{INEXACT}' || {SHORT.replace('{d}', double + shift)}" for shift in SHIFTS]
    if kind not in MOMENTS:
        return []
    ticks = TICKS.replace("{x}", value)
    return [f"'{INEXACT}' || (({ticks} + 500) // 1000 + {step})" for step in (0, -1, 1)]


def key_digest(salt: str, kinds: Sequence[Kind], values: Sequence[str]) -> str:
    """SQL of the digest of a whole key."""
    forms = [form(kind, value) for kind, value in zip(kinds, values, strict=True)]
    parts = ", ".join(f"strlen({one}), ':', {one}" for one in forms)
    return f"left(md5(concat({literal(salt)}, '|key|', {parts})), {KEY_DIGITS})"


def cell_digest(salt: str, key: str, place: int, formed: str) -> str:
    """SQL of the digest of a cell, which is its own even if another one holds the same; `key` is SQL of the row's."""
    return f"left(md5(concat({literal(salt)}, {key}, '|{place}|', {formed})), {CELL_DIGITS})"


def digest_at(place: int, digests: str) -> str:
    """SQL of one of the digests that stand behind each other in a text."""
    return f"substr({digests}, {place * CELL_DIGITS + 1}, {CELL_DIGITS})"
