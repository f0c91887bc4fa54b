"""What a number in a cell is, which its format says and nothing else: a number, a moment, a time, a duration."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum
from xml.etree.ElementTree import Element

from entrepot.workbench.reading.sheets.markup import found, local


class Shown(Enum):
    NUMBER = "number"
    MOMENT = "moment"
    TIME = "time"
    DURATION = "duration"


BUILT_IN: Mapping[int, Shown] = {
    **dict.fromkeys((14, 15, 16, 17, 22, *range(27, 32), 34, 35, 36, *range(50, 59)), Shown.MOMENT),
    **dict.fromkeys((18, 19, 20, 21, 32, 33, 45, 47), Shown.TIME),
    46: Shown.DURATION,
}
"""Formats that every program knows by their numbers."""
NO_CODE = re.compile(r'"[^"]*"?|\\.|[_*].')
"""Texts, single characters, and blanks of a width: what stands in the cell as it is."""
ELAPSED = re.compile(r"\[(h+|m+|s+)\]", re.IGNORECASE)
IN_BRACKETS = re.compile(r"\[[^\]]*\]")
"""Colours, conditions, languages."""
WORD = re.compile("general", re.IGNORECASE)
DAY = re.compile("[ydgb]|e(?![+-])", re.IGNORECASE)
CLOCK = re.compile("[hs]|am/pm|a/p", re.IGNORECASE)
MONTH = re.compile("m", re.IGNORECASE)


def shown_by(code: str) -> Shown:
    """
    >>> [shown_by(code).value for code in ("0.00", "d/m/yy", "h:mm", "[h]:mm:ss", '0 "days"', "mmm", "0.0E+00")]
    ['number', 'moment', 'time', 'duration', 'number', 'moment', 'number']
    """
    bare = WORD.sub("", NO_CODE.sub("", code)).partition(";")[0]
    if ELAPSED.search(bare):
        return Shown.DURATION
    bare = IN_BRACKETS.sub("", bare)
    if DAY.search(bare):
        return Shown.MOMENT
    if CLOCK.search(bare):
        return Shown.TIME
    return Shown.MOMENT if MONTH.search(bare) else Shown.NUMBER


def formats_of(styles: Element) -> tuple[Shown, ...]:
    """By the number of the style that a cell has."""
    own = {each.get("numFmtId"): shown_by(each.get("formatCode", "")) for each in found(styles, "numFmt")}
    return tuple(
        own.get(each.get("numFmtId")) or built_in(each.get("numFmtId"))
        for group in found(styles, "cellXfs")
        for each in group
        if local(each.tag) == "xf"
    )


def built_in(number: str | None) -> Shown:
    return BUILT_IN.get(int(number), Shown.NUMBER) if number and number.isdigit() else Shown.NUMBER
