"""Numbers, digit by digit: never through a double unless the kind is one."""

from __future__ import annotations

import re
from math import isinf

INTEGER = re.compile(r"([+-]?)([0-9]+)")
NUMBER = re.compile(r"([+-]?)(?=\.?[0-9])([0-9]*)(?:\.([0-9]*))?(?:[eE]([+-]?[0-9]{1,18}))?")
SPECIAL = {"nan": "NaN", "inf": "Infinity", "infinity": "Infinity"}
MOST_ZEROS = 1000
"""A number that would need more zeros than this to be written in full is written with an exponent."""


def canonical_integer(text: str) -> str:
    """
    >>> canonical_integer("+007"), canonical_integer("-0"), canonical_integer("1.9")
    ('7', '0', '1.9')
    """
    found = INTEGER.fullmatch(text)
    if not found:
        return text
    digits = found[2].lstrip("0")
    return (found[1].strip("+") + digits) if digits else "0"


def canonical_decimal(text: str) -> str:
    """
    >>> canonical_decimal("-0012.500"), canonical_decimal("1.5e3"), canonical_decimal("nan")
    ('-12.5', '1500', 'NaN')
    """
    number = canonical_number(text)
    return number if number is not None else special(text) or text


def canonical_float(text: str) -> str:
    """
    >>> canonical_float("5"), canonical_float("1e300"), canonical_float("-inf"), canonical_float("1e999")
    ('5.0', '1e+300', '-Infinity', '1e999')
    """
    if not NUMBER.fullmatch(text):
        return special(text) or text
    value = float(text)
    return text if isinf(value) else repr(value)


def special(text: str) -> str | None:
    """What is not a finite number, if `text` names one."""
    low = text.lower()
    sign, word = ("-", low[1:]) if low.startswith("-") else ("", low.removeprefix("+"))
    name = SPECIAL.get(word)
    return None if name is None or (sign and name == "NaN") else sign + name


def canonical_number(text: str) -> str | None:
    """An exact decimal number without spare zeros, plus sign or (unless it is enormous) exponent."""
    found = NUMBER.fullmatch(text)
    if not found:
        return None
    sign, whole, fraction, exponent = found.groups()
    digits = whole + (fraction or "")
    significant = digits.lstrip("0")
    point = len(whole) - (len(digits) - len(significant)) + int(exponent or 0)
    significant = significant.rstrip("0")
    if not significant:
        return "0"
    return sign.strip("+") + written(significant, point)


def written(digits: str, point: int) -> str:
    """`0.digits` times ten to the power of `point`."""
    if point - len(digits) > MOST_ZEROS or -point > MOST_ZEROS:
        mantissa = digits[0] + ("." + digits[1:] if digits[1:] else "")
        return f"{mantissa}e{point - 1:+d}"
    if point <= 0:
        return "0." + "0" * -point + digits
    if point >= len(digits):
        return digits + "0" * (point - len(digits))
    return f"{digits[:point]}.{digits[point:]}"
