"""Whole, decimal and floating numbers: digit by digit, or a cast whose own text says that nothing was lost."""

from __future__ import annotations

from entrepot.model.types import LogicalType
from entrepot.workbench.judging.expressions import Grammar, answer, let, matches, parts, refused, when

WHOLE = "[+-]?[0-9]{1,400}"
NUMBER = r"[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][+-]?[0-9]{1,4})?"
NUMBER_PARTS = r"([+-]?)([0-9]*)(?:[.]([0-9]*))?(?:[eE]([+-]?[0-9]+))?"
WIDTHS = {8: "TINYINT", 16: "SMALLINT", 24: "INTEGER", 32: "INTEGER"}
WIDEST_DECIMAL = 38
LONGEST = 1000
"""More zeros than this are a mistake."""


def integer(x: str, type: LogicalType) -> Grammar:
    digits = f"CASE WHEN {x}[1] = '-' THEN '-' ELSE '' END || ltrim({x}, '+-0')"
    plain = f"CASE WHEN ltrim({x}, '+-0') = '' THEN '0' ELSE {digits} END"
    zeros = f"CASE WHEN regexp_matches({x}, '^[+-]?0[0-9]') THEN 'leading_zeros' END"
    value = when((in_range("d", type), answer("d", warning=zeros)), otherwise=refused("out_of_range"))
    return Grammar(
        quick=in_range(x, type),
        slow=when((f"NOT {matches(x, WHOLE)}", refused("not_an_integer")), otherwise=let("d", plain, value)),
    )


def in_range(x: str, type: LogicalType) -> str:
    """Whether `x` is the canonical text of a number that fits."""
    bits = type.bits or 64
    name = "U" * type.unsigned + WIDTHS.get(bits, "BIGINT")
    fits = f"TRY_CAST({x} AS {name})::VARCHAR = {x}"
    if bits == 24:
        lowest, highest = (0, 2**24 - 1) if type.unsigned else (-(2**23), 2**23 - 1)
        fits += f" AND TRY_CAST({x} AS {name}) BETWEEN {lowest} AND {highest}"
    return f"coalesce({fits}, false)"


def decimal(x: str, type: LogicalType) -> Grammar:
    whole, behind = room(type)
    special = answer(x) if type.precision is None else refused("out_of_range")
    value = when(
        (
            f"strlen(n.w) > {LONGEST + 1} OR (n.w = '' AND strlen(n.f) - strlen(ltrim(n.f, '0')) >= {LONGEST})",
            refused("out_of_range"),
        ),
        (too_long("n.w", whole), refused("out_of_range")),
        (too_long("rtrim(n.f, '0')", behind), refused("too_precise")),
        otherwise=answer(shown("n")),
    )
    return Grammar(
        quick=canonical_decimal(x, whole, behind),
        slow=when(
            (f"{x} = 'NaN'", answer(x)),
            (f"{x} IN ('Infinity', '-Infinity')", special),
            (f"NOT {matches(x, NUMBER)}", refused("not_a_number")),
            otherwise=let("p", number_parts(x), let("n", moved("p"), value)),
        ),
    )


def room(type: LogicalType) -> tuple[int | None, int | None]:
    """How many digits may stand in front of the point and behind it; None: any number."""
    scale = type.scale or 0
    if type.precision is None or not 0 <= scale <= type.precision:
        return None, None
    return type.precision - scale, scale


def canonical_decimal(x: str, whole: int | None, behind: int | None) -> str:
    if whole is None or behind is None:
        return f"strlen({x}) < {LONGEST} AND " + matches(x, r"(-?[1-9][0-9]*|0)([.][0-9]+)?")
    digits = f"(-?[1-9][0-9]{{0,{min(whole, LONGEST) - 1}}}|0)" if whole else "0"
    fraction = f"([.][0-9]{{1,{min(behind, LONGEST)}}})?" if behind else ""
    exact = matches(x, digits + fraction)
    if whole + behind > WIDEST_DECIMAL or not whole:
        return exact
    return when((f"TRY_CAST({x} AS DECIMAL({whole + behind},{behind}))::VARCHAR = {x}", "true"), otherwise=exact)


def number_parts(x: str) -> str:
    """Sign, digits in front of the point and behind it, exponent."""
    return parts(x, NUMBER_PARTS, "swfe")


def moved(p: str) -> str:
    """The number without its exponent: {s, w, f}, no spare zeros in front; enormous ones become too long to pass."""
    digits, exponent = f"({p}.w || {p}.f)", f"CASE WHEN {p}.e = '' THEN 0 ELSE {p}.e::INTEGER END"
    zero = f"(ltrim({digits}, '0') = '')"
    point = f"({exponent} + strlen({p}.w))"
    whole = when(
        (zero, "''"),
        (f"{point} <= 0", "''"),
        (f"{point} > strlen({digits})", f"{digits} || repeat('0', least({point} - strlen({digits}), 9999))"),
        otherwise=f"left({digits}, {point})",
    )
    fraction = when(
        (zero, f"repeat('0', least(greatest(strlen({p}.f) - ({exponent}), 0), 9999))"),
        (f"{point} <= 0", f"repeat('0', least(-({point}), 9999)) || {digits}"),
        (f"{point} >= strlen({digits})", "''"),
        otherwise=f"substr({digits}, {point} + 1)",
    )
    sign = f"CASE WHEN {p}.s = '-' AND NOT {zero} THEN '-' ELSE '' END"
    return f"{{'s': {sign}, 'w': ltrim({whole}, '0'), 'f': {fraction}}}"


def too_long(digits: str, most: int | None) -> str:
    return "false" if most is None else f"strlen({digits}) > {most}"


def shown(n: str) -> str:
    whole = f"CASE WHEN {n}.w = '' THEN '0' ELSE {n}.w END"
    return f"{n}.s || {whole} || CASE WHEN {n}.f = '' THEN '' ELSE '.' || {n}.f END"


def floating(x: str, type: LogicalType) -> Grammar:
    double = f"TRY_CAST({x} AS {'FLOAT' if type.bits == 32 else 'DOUBLE'})"
    finite = f"isfinite({double})"
    shortest = f"{double}::VARCHAR"
    lost = f"{double} = 0 AND regexp_matches({x}, '^[^eE]*[1-9]')"
    same = f"({shortest} = {x} || '.0' OR ({shortest} = {x} AND NOT suffix({x}, '.0')))"
    return Grammar(
        quick=f"{same} AND right({x}, 1) BETWEEN '0' AND '9' AND {finite}",
        slow=when(
            (f"{x} IN ('NaN', 'Infinity', '-Infinity')", answer(x)),
            (f"NOT {matches(x, NUMBER)}", refused("not_a_number")),
            (f"NOT {finite} OR ({lost})", refused("out_of_range")),
            otherwise=answer(f"regexp_replace({shortest}, '[.]0$', '')"),
        ),
    )
