"""What every kind of value is written like, strictly: never a cast alone, which would take `1.9` as 2 and `1_000` as
1000. docs/reference/checks.md lists the codes; `model.literals` is the same rule for what people type in filters.
"""

from __future__ import annotations

from collections.abc import Callable

from entrepot.model.types import Kind, LogicalType
from entrepot.workbench.judging import grammar_json, grammar_moments, grammar_numbers
from entrepot.workbench.judging.expressions import Grammar, answer, let, matches, parts, quoted_all, refused, when

UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
ANY_UUID = "[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}"
BYTES = r"\\x([0-9a-f]{2})*"
INTERVAL = "-?P(-?[0-9]+Y)?(-?[0-9]+M)?(-?[0-9]+W)?(-?[0-9]+D)?(T(-?[0-9]+H)?(-?[0-9]+M)?(-?[0-9]+([.][0-9]+)?S)?)?"
IN_WORDS = (
    "(?:([+-]?[0-9]+) years?)? ?(?:([+-]?[0-9]+) mons?)? ?(?:([+-]?[0-9]+) days?)? ?"
    "(?:([+-]?)([0-9]{2,}):([0-5][0-9]):([0-5][0-9])([.][0-9]+)?)?"
)
"""As PostgreSQL writes it unless it is told otherwise."""
NUL = "chr(0)"
WARNING = frozenset({Kind.INTEGER, Kind.TIMESTAMP})
"""The kinds whose values may be good and yet be told about."""
EMPTY = frozenset({Kind.TEXT, Kind.ENUM, Kind.OTHER})
"""The kinds that may have an empty text for a value."""


def grammar(x: str, type: LogicalType) -> Grammar:
    """The grammar of `type` for the text that the SQL expression `x` gives; best a column, because it is repeated."""
    if type.kind is Kind.ARRAY:
        return grammar_json.array(x, type, grammar)
    return GRAMMARS[type.kind](x, type)


def boolean(x: str, type: LogicalType) -> Grammar:
    return Grammar(
        quick=f"{x} IN ('true', 'false')",
        slow=when(
            (f"lower({x}) IN ('true', 't', '1')", answer("'true'")),
            (f"lower({x}) IN ('false', 'f', '0')", answer("'false'")),
            otherwise=refused("not_a_boolean"),
        ),
    )


def text(x: str, type: LogicalType) -> Grammar:
    whole = f"NOT contains({x}, {NUL})"
    fits = "true" if type.length is None else f"strlen({x}) <= {type.length}"
    if type.length is not None and not type.in_bytes:
        fits = f"({fits} OR length({x}) <= {type.length})"
    return Grammar(
        quick=f"{fits} AND {whole}",
        slow=when((f"NOT ({whole})", refused("nul_character")), otherwise=refused("too_long")),
    )


def binary(x: str, type: LogicalType) -> Grammar:
    fits = "true" if type.length is None else f"strlen({x}) <= {2 + 2 * type.length}"
    return Grammar(
        quick=f"{matches(x, BYTES)} AND {fits}",
        slow=when(
            (f"NOT {matches(f'lower({x})', BYTES)}", refused("not_bytes")),
            (f"NOT {fits}", refused("too_long")),
            otherwise=answer(f"lower({x})"),
        ),
    )


def uuid(x: str, type: LogicalType) -> Grammar:
    bare = f"lower(CASE WHEN {x}[1] = '{{' AND suffix({x}, '}}') THEN {x}[2:-2] ELSE {x} END)"
    digits = f"replace({bare}, '-', '')"
    pieces = [f"substr({digits}, {at}, {size})" for at, size in ((1, 8), (9, 4), (13, 4), (17, 4), (21, 12))]
    return Grammar(
        quick=matches(x, UUID),
        slow=when((matches(bare, ANY_UUID), answer(" || '-' || ".join(pieces))), otherwise=refused("not_a_uuid")),
    )


def enum(x: str, type: LogicalType) -> Grammar:
    """A label; for a MariaDB SET, labels joined by commas."""
    if not type.values:
        return text(x, LogicalType(kind=Kind.TEXT))
    labels = quoted_all(type.values)
    unknown = f"list_filter(string_split({x}, ','), lambda label: label NOT IN ({labels}))"
    return Grammar(
        quick=f"{x} IN ({labels})",
        slow=when((f"len({unknown}) = 0", answer(x)), otherwise=refused("unknown_label")),
    )


def interval(x: str, type: LogicalType) -> Grammar:
    known = f"{matches(f'upper({x})', INTERVAL)} AND right(upper({x}), 1) NOT IN ('P', 'T')"
    in_words = let("p", parts(x, IN_WORDS, ("y", "m", "d", "sign", "h", "mi", "s", "f")), spelled("p"))
    return Grammar(
        quick=f"{x} = upper({x}) AND {known}",
        slow=when(
            (known, answer(f"upper({x})")),
            (f"trim({x}) <> '' AND {matches(x, IN_WORDS)}", answer(in_words)),
            otherwise=refused("not_an_interval"),
        ),
    )


def spelled(p: str) -> str:
    """What PostgreSQL wrote in words, as ISO 8601 has it; what is zero is left out."""

    def one(digits: str, unit: str, sign: str = "''") -> str:
        return when((f"ltrim({digits}, '+-0') = ''", "''"), otherwise=f"{sign} || ltrim({digits}, '+') || '{unit}'")

    minus = f"CASE {p}.sign WHEN '-' THEN '-' ELSE '' END"
    whole = {name: f"ltrim({p}.{name}, '0')" for name in ("h", "mi")}
    seconds = f"regexp_replace({p}.s || {p}.f, '^0+([0-9])', '\\1')"
    none = f"{p}.s IN ('', '00') AND rtrim({p}.f, '.0') = ''"
    exact = f"CASE WHEN {p}.f = '' THEN {seconds} ELSE rtrim(rtrim({seconds}, '0'), '.') END"
    clock = f"{one(whole['h'], 'H', minus)} || {one(whole['mi'], 'M', minus)}"
    clock += f" || CASE WHEN {none} THEN '' ELSE {minus} || {exact} || 'S' END"
    days = " || ".join(one(f"{p}.{name}", name.upper()) for name in ("y", "m", "d"))
    both = f"({days}) || CASE WHEN ({clock}) = '' THEN '' ELSE 'T' || ({clock}) END"
    return let("spelled", both, "'P' || CASE WHEN spelled = '' THEN 'T0S' ELSE spelled END")


GRAMMARS: dict[Kind, Callable[[str, LogicalType], Grammar]] = {
    Kind.BOOLEAN: boolean,
    Kind.INTEGER: grammar_numbers.integer,
    Kind.DECIMAL: grammar_numbers.decimal,
    Kind.FLOAT: grammar_numbers.floating,
    Kind.TEXT: text,
    Kind.BYTES: binary,
    Kind.DATE: grammar_moments.date,
    Kind.TIME: grammar_moments.time,
    Kind.TIMESTAMP: grammar_moments.timestamp,
    Kind.TIMESTAMP_TZ: grammar_moments.timestamp_tz,
    Kind.INTERVAL: interval,
    Kind.UUID: uuid,
    Kind.JSON: grammar_json.json,
    Kind.ENUM: enum,
    Kind.OTHER: text,
}
