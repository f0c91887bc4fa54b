"""Dates, times and moments in ISO forms, with the spellings that engines have beyond a calendar: years before Christ
and after 9999, infinities, `0000-00-00`, and MariaDB's long times.

DuckDB's own casts ignore an offset and cut what is finer than a microsecond, so both are done here.
"""

from __future__ import annotations

from entrepot.model.types import LogicalType
from entrepot.workbench.judging.expressions import Grammar, answer, let, matches, parts, refused, when

DAY = r"([0-9]{4,7})[-/]([0-9]{1,2})[-/]([0-9]{1,2})"
"""A year in front, in full: then nobody can take the month for the day, zeros or not."""
DATE = rf"{DAY}( BC)?"
TIME = r"(-?)([0-9]{2,3}):([0-5][0-9])(?::([0-5][0-9])(?:[.]([0-9]+))?)?"
MOMENT = (
    rf"(?i){DAY}"
    r"(?:[T ](0?[01][0-9]|0?2[0-3]):([0-5][0-9])"
    r"(?::([0-5][0-9])(?:[.]([0-9]+))?)?)? ?(Z|[+-](?:0[0-9]|1[0-5])(?::?[0-5][0-9])?)?( BC)?"
)
LOOKS_LIKE_MOMENT = r"(?i)[0-9]{4,7}[-/][0-9]{1,2}[-/][0-9]{1,2}([T ][0-9]{2,3}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?)?.*"
MISTAKEN = "^[0-9]+(-[0-9]+/|/[0-9]+-|[-/][0-9]+[-/][0-9]+-)"
"""`2024-01/02` is neither way to write a day, and `2024-01-02-05` is a mistake rather than a day with an offset."""
SPARE_ZEROS, ANY_UTC = "([.]?0+)?", "(Z|[+]00(:00)?)"
ZONE_DROPPED = "'time_zone_dropped'"
LONGEST_HOURS = 838
MICROSECONDS = 6
DIGIT_FIRST = "{x} >= '0' AND {x} < ':'"
"""Neither infinite nor a year before 0."""


def date(x: str, type: LogicalType) -> Grammar:
    value = when(
        ("p.y = '0000' AND p.m = '00' AND p.d = '00' AND p.bc = ''", answer("'0000-00-00'")),
        (f"{real_day('p')}", answer(f"{day_text('p')} || p.bc")),
        otherwise=refused("no_such_day"),
    )
    return Grammar(
        quick=f"TRY_CAST({x} AS DATE)::VARCHAR = {x} AND {DIGIT_FIRST} AND strlen({x}) = 10".replace("{x}", x),
        slow=when(
            (f"lower({x}) IN ('infinity', '-infinity')", answer(f"lower({x})")),
            (f"NOT {matches(x, DATE)} OR {is_mistaken(x)}", refused("not_a_date")),
            otherwise=let("p", parts(x, DATE, ("y", "m", "d", "bc")), value),
        ),
    )


def is_mistaken(x: str) -> str:
    return f"regexp_matches({x}, '{MISTAKEN}')"


def year_number(p: str) -> str:
    """Counted through, with a year 0."""
    return f"CASE WHEN {p}.bc = '' THEN {p}.y::BIGINT ELSE 1 - {p}.y::BIGINT END"


def near_year(p: str) -> str:
    """A year with the same calendar that every calendar knows."""
    return f"(2000 + (({year_number(p)}) % 400 + 400) % 400)"


def real_day(p: str) -> str:
    near = f"{near_year(p)}::VARCHAR || '-' || {month_and_day(p)}"
    return f"{p}.y::BIGINT > 0 AND TRY_CAST({near} AS DATE) IS NOT NULL"


def day_text(p: str) -> str:
    return f"printf('%04d', {p}.y::BIGINT) || '-' || {month_and_day(p)}"


def month_and_day(p: str) -> str:
    return f"lpad({p}.m, 2, '0') || '-' || lpad({p}.d, 2, '0')"


def time(x: str, type: LogicalType) -> Grammar:
    clock = "printf('%02d', p.h::INTEGER) || ':' || p.m || ':' || CASE WHEN p.s = '' THEN '00' ELSE p.s END"
    value = when(
        (f"p.h::INTEGER > {LONGEST_HOURS}", refused("no_such_time")),
        (finer("p", type), refused("too_precise")),
        otherwise=answer(f"p.sign || {clock} || {fraction('p')}"),
    )
    loose = r"-?[0-9]+:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?"
    return Grammar(
        quick=f"TRY_CAST({x} AS TIME)::VARCHAR = {x} AND strlen({x}) <= {longest(8, type)}",
        slow=when(
            (matches(x, TIME), let("p", parts(x, TIME, ("sign", "h", "m", "s", "f")), value)),
            (matches(x, loose), refused("no_such_time")),
            otherwise=refused("not_a_time"),
        ),
    )


def digits(type: LogicalType) -> int:
    return MICROSECONDS if type.scale is None else min(type.scale, MICROSECONDS)


def longest(bare: int, type: LogicalType) -> int:
    return bare + (1 + digits(type) if digits(type) else 0)


def finer(p: str, type: LogicalType) -> str:
    return f"strlen(rtrim({p}.f, '0')) > {digits(type)}"


def fraction(p: str) -> str:
    return f"CASE WHEN rtrim({p}.f, '0') = '' THEN '' ELSE '.' || rtrim({p}.f, '0') END"


def timestamp(x: str, type: LogicalType) -> Grammar:
    """A moment with an offset becomes UTC, with a warning that the zone is lost."""
    return Grammar(
        quick=f"TRY_CAST({x} AS TIMESTAMP)::VARCHAR = {x} AND {x}[14] = ':' AND strlen({x}) <= {longest(19, type)}",
        slow=moment(x, type, mark="", zone_needed=False),
    )


def timestamp_tz(x: str, type: LogicalType) -> Grammar:
    """Without an offset nobody knows which moment it is: an error."""
    quick = f"TRY_CAST({x} AS TIMESTAMP)::VARCHAR || '+00' = {x} AND {x}[14] = ':'"
    return Grammar(
        quick=f"{quick} AND strlen({x}) <= {longest(22, type)}",
        slow=moment(x, type, mark="+00", zone_needed=True),
    )


def moment(x: str, type: LogicalType, *, mark: str, zone_needed: bool) -> str:
    """Most programs write moments of UTC in full (`2024-01-02T03:04:05.670Z`): a cast, and what it left out, tell all
    of these."""
    cast, rest = f"TRY_CAST({x} AS TIMESTAMP)::VARCHAR", f"substr({x}, strlen(given) + 1)"
    begins = f"starts_with(replace({x}, 'T', ' '), given) AND given[14] = ':' AND strlen(given) <= {longest(19, type)}"
    ends = matches(rest, f"{SPARE_ZEROS}{ANY_UTC}{'' if zone_needed else '?'}")
    warning = "NULL" if zone_needed else f"CASE WHEN NOT {matches(rest, SPARE_ZEROS)} THEN {ZONE_DROPPED} END"
    usual = f"coalesce({begins} AND {ends}, false)", answer(f"given || '{mark}'", warning=warning)
    return let("given", cast, when(usual, otherwise=by_parts(x, type, mark=mark, zone_needed=zone_needed)))


def by_parts(x: str, type: LogicalType, *, mark: str, zone_needed: bool) -> str:
    warning = "NULL" if zone_needed else f"CASE WHEN p.z <> '' THEN {ZONE_DROPPED} END"
    text = f"{day_text('p')} || ' ' || {clock('p')} || {fraction('p')} || '{mark}' || upper(p.bc)"
    distant = "p.bc <> '' OR p.y::BIGINT > 9999"
    shifted = when(
        ("m IS NULL OR m[5] <> '-' OR m < '0001' OR m[14] <> ':'", refused("out_of_range")),
        otherwise=answer(f"m || {fraction('p')} || '{mark}'", warning=warning),
    )
    zero = "p.y = '0000' AND p.m = '00' AND p.d = '00' AND p.bc = ''"
    value = when(
        ("p.z = ''" if zone_needed else "false", refused("no_time_zone")),
        (f"NOT ({zero}) AND NOT ({real_day('p')})", refused("no_such_day")),
        (finer("p", type), refused("too_precise")),
        ("regexp_full_match(p.z, '|[zZ]|[+-]00(:?00)?')", answer(text, warning=warning)),
        (f"{distant} OR ({zero})", refused("out_of_range")),
        otherwise=let("m", in_utc("p"), shifted),
    )
    return when(
        (f"lower({x}) IN ('infinity', '-infinity')", answer(f"lower({x})")),
        (
            f"{matches(x, MOMENT)} AND NOT {is_mistaken(x)}",
            let("p", parts(x, MOMENT, ("y", "m", "d", "h", "mi", "s", "f", "z", "bc")), value),
        ),
        (matches(x, LOOKS_LIKE_MOMENT), refused("no_such_time")),
        otherwise=refused("not_a_timestamp"),
    )


def clock(p: str) -> str:
    hour = f"CASE WHEN {p}.h = '' THEN '00' ELSE right({p}.h, 2) END"
    minute, second = (f"CASE WHEN {p}.{part} = '' THEN '00' ELSE {p}.{part} END" for part in ("mi", "s"))
    return f"{hour} || ':' || {minute} || ':' || {second}"


def in_utc(p: str) -> str:
    """The second, moved by the offset; years from 1 to 9999."""
    offset = f"regexp_replace({p}.z, '[^0-9]', '', 'g')"
    seconds = f"(left({offset}, 2)::INTEGER * 3600 + coalesce(TRY_CAST(substr({offset}, 3) AS INTEGER), 0) * 60)"
    signed = f"CASE WHEN {p}.z[1] = '-' THEN {seconds} ELSE -{seconds} END"
    return f"(TRY_CAST({day_text(p)} || ' ' || {clock(p)} AS TIMESTAMP) + to_seconds({signed}))::VARCHAR"
