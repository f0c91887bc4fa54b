"""Steps that read numbers and truth values as people write them."""

from __future__ import annotations

import re

from entrepot.model.types import MOMENTS, Kind, LogicalType
from entrepot.workbench.judging.expressions import let, matches, quoted_all
from entrepot.workbench.judging.grammar_numbers import NUMBER
from entrepot.workbench.judging.kinds import Arguments, StepKind
from entrepot.workbench.judging.registry import Argument, count, one_of, some_words
from entrepot.workbench.source import literal

SPACES = " \N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}"
MARKS = {
    "en": (".", ","),
    "de": (",", "."),
    "fr": (",", SPACES),
    "es": (",", "."),
    "it": (",", "."),
    "nl": (",", "."),
    "pt": (",", "."),
    "sv": (",", SPACES),
    "pl": (",", SPACES),
    "ch": (".", "'\N{RIGHT SINGLE QUOTATION MARK}"),
    "in": (".", ","),
}
"""Decimal mark and the marks between thousands, by language (`ch`: Switzerland, `in`: India)."""
CURRENCY = r"(?:\p{Sc}|[A-Z]{3}|kr|zł|Fr\.)"
GAP = r"[\s\p{Z}]*"
MINUS = "[-\N{MINUS SIGN}]"
YES = "true,t,1,yes,y,on"
NO = "false,f,0,no,n,off"
WIDEST_DECIMAL = 38


def number(x: str, given: Arguments, type: LogicalType) -> str:
    """Groups of thousands must be whole: `1.9` is no German number, because nobody can tell what it means."""
    point, gaps = marks(given)
    found = (
        f"regexp_extract({x}, {literal(number_pattern(point, gaps, given['locale']))}, ['a', 'm', 'b', 'w', 'f', 'z'])"
    )
    whole = "regexp_replace(p.w, '[^0-9]', '', 'g')"
    fraction = "CASE WHEN p.f = '' THEN '' ELSE '.' || p.f END"
    minus = "CASE WHEN p.a <> '' OR p.m <> '' OR p.b <> '' OR p.z <> '' THEN '-' ELSE '' END"
    number = f"CASE WHEN p.w <> '' AND (p.a <> '') = (p.z <> '') THEN {minus} || {whole} || {fraction} END"
    return let("p", found, number)


def number_pattern(point: str, gaps: str, locale: str) -> str:
    group = "[0-9]{2}" if locale == "in" else "[0-9]{3}"
    last = f"[{re.escape(gaps)}][0-9]{{3}}" if gaps else ""
    middle = f"(?:[{re.escape(gaps)}]{group})*" if gaps else ""
    grouped = f"|[0-9]{{1,3}}{middle}{last}" if gaps else ""
    sign = f"({MINUS})?[+]?"
    return (
        rf"^{GAP}(\()?{GAP}{sign}{GAP}{CURRENCY}?{GAP}({MINUS})?"
        rf"([0-9]+{grouped})(?:[{re.escape(point)}]([0-9]+))?{GAP}(?:{CURRENCY})?{GAP}(\))?{GAP}$"
    )


def marks(given: Arguments) -> tuple[str, str]:
    point, gaps = MARKS[given["locale"]]
    return given["decimal"] or point, given["thousands"] or gaps.replace(given["decimal"] or "\0", "")


def one_mark(text: str) -> str:
    if len(text) > 1 or text.isalnum():
        raise ValueError("it is not one mark")
    return text


def boolean(x: str, given: Arguments, type: LogicalType) -> str:
    known = [quoted_all(word.lower() for word in some_words(given[name])) for name in ("yes", "no")]
    bare = f"lower(trim({x}))"
    return f"CASE WHEN {bare} IN ({known[0]}) THEN 'true' WHEN {bare} IN ({known[1]}) THEN 'false' END"


def rounded(x: str, given: Arguments, type: LogicalType) -> str:
    """Half away from zero, exactly; what is no number, or has few enough digits, stays as it is."""
    digits = count(given["digits"])
    if type.kind in MOMENTS or type.kind is Kind.TIME:
        return rounded_second(x, digits)
    finer = matches(x, rf"[+-]?[0-9]*[.][0-9]{{{digits + 1},900}}")
    exact = f"TRY_CAST({x} AS DECIMAL({WIDEST_DECIMAL},{digits}))::VARCHAR"
    return f"CASE WHEN {finer} THEN coalesce({exact}, {x}) ELSE {x} END"


def rounded_second(x: str, digits: int) -> str:
    """Moments are cut, not rounded up: nothing that was before midnight is after it."""
    kept = "\\1.\\2" if digits else "\\1"
    return f"regexp_replace({x}, '(:[0-9]{{2}})[.]([0-9]{{{digits}}})[0-9]+', {literal(kept)})"


def few(text: str) -> int:
    if count(text) > 30:
        raise ValueError("there are at most 30")
    return count(text)


def seconds(x: str, given: Arguments, type: LogicalType) -> str:
    """For moments, seconds since 1970; anything that is no number stays as it is."""
    double = f"TRY_CAST({x} AS DOUBLE)"
    known = f"{matches(x, NUMBER)} AND isfinite({double})"
    if type.kind in MOMENTS:
        mark = "+00" if type.kind is Kind.TIMESTAMP_TZ else ""
        near = f"{known} AND abs({double}) < 1e11"
        moment = f"make_timestamp(CAST(round({double} * 1000000) AS BIGINT))::VARCHAR || '{mark}'"
        return f"CASE WHEN {near} THEN TRY({moment}) ELSE {x} END"
    return f"CASE WHEN {known} THEN {double}::VARCHAR ELSE {x} END"


NUMBER_STEPS = (
    StepKind(
        name="timestamp",
        words="A number of seconds: `123` becomes `123.0`; in a field of moments, the moment so long after 1970.",
        sql=seconds,
    ),
    StepKind(
        name="number",
        words="Reads numbers as people write them: marks between thousands, a decimal comma, a currency, (brackets).",
        sql=number,
        arguments=(
            Argument(name="locale", words=f"A language: {', '.join(MARKS)}.", default="en", check=one_of(*MARKS)),
            Argument(name="decimal", words="The decimal mark, if it is another.", default="", check=one_mark),
            Argument(
                name="thousands", words="The mark between thousands, if it is another.", default="", check=one_mark
            ),
        ),
        fails="not_a_number",
    ),
    StepKind(
        name="boolean",
        words="Reads truth values by your own words, in any case.",
        sql=boolean,
        arguments=(
            Argument(name="yes", words="The words for true, separated by commas.", default=YES, check=some_words),
            Argument(name="no", words="The words for false, separated by commas.", default=NO, check=some_words),
        ),
        fails="not_a_boolean",
    ),
    StepKind(
        name="round",
        words="At most so many digits behind the point, half away from zero; of moments the rest is cut off.",
        sql=rounded,
        arguments=(Argument(name="digits", words="How many, up to 30.", default="0", check=few),),
    ),
)
