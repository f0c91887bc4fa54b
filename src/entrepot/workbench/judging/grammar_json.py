"""JSON as RFC 8259 has it. That is less than DuckDB reads, which takes NaN, Infinity and a comma before a bracket."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

from entrepot.model.types import NUMBERS, Kind, LogicalType
from entrepot.workbench.judging.expressions import Grammar, answer, let, refused, when

STRINGS = r'"([^"\\]|\\.)*"'
WORDS = r"[Nn][Aa][Nn]|[Ii][Nn][Ff]|,\s*[\]}]"
BARE = f"regexp_replace({{x}}, '{STRINGS}', '\"\"', 'g')"
"""The text without what stands in strings."""
FEW = 4
PIECE = r'"(?:[^"\\]|\\["\\])*"|[{},]|[^{},"\\]+'
"""Of an array as PostgreSQL writes it."""
NUMBER = r"-?(0|[1-9][0-9]*)([.][0-9]+)?([eE][+-]?[0-9]+)?"


def json(x: str, type: LogicalType) -> Grammar:
    """Kept as it is written. A name that stands twice in an object is an error, because some databases keep the last
    one only, without a word."""
    return Grammar(
        quick=f"{plainly(x)} AND NOT {repeats(x)}",
        slow=when((f"NOT {valid(x)}", refused("not_json")), (repeats(x), refused("name_twice")), otherwise=answer(x)),
    )


def repeats(x: str) -> str:
    """Whether an object, at any depth, has a name twice; NULL for what DuckDB does not take for JSON. Most have no
    other object in them, and few names."""
    names = f"TRY(list_concat([json_keys({x})], json_keys({x}, '$..*')))"
    deep = f"len(list_filter({names}, lambda one: len(one) <> len(list_distinct(one)))) > 0"
    flat = let("k", f"TRY(json_keys({x}))", twice("k"))
    return f"(CASE WHEN contains(substr({x}, 2), '{{') THEN {deep} ELSE {flat} END)"


def twice(names: str) -> str:
    """Whether a list has something twice; comparing a few pairs is much faster than looking for it."""
    pairs = combinations(range(1, FEW + 1), 2)
    same = " OR ".join(f"{names}[{one}] = {names}[{other}]" for one, other in pairs)
    few = f"len({names}) > 1 AND coalesce({same}, false)"
    return f"CASE WHEN len({names}) <= {FEW} THEN {few} ELSE list_unique({names}) <> len({names}) END"


def plainly(x: str) -> str:
    """Whether `x` has nothing in it by which it could be JSON to DuckDB alone."""
    commas = rf"regexp_matches({x}, ',\s*[\]}}]')"
    words = f"contains(lower({x}), 'nan') OR contains(lower({x}), 'inf')"
    return f"{x}[1] IN ('{{', '[') AND NOT ({words}) AND NOT {commas}"


def valid(x: str) -> str:
    bare = BARE.replace("{x}", x)
    return f"(json_valid({x}) AND NOT regexp_matches({bare}, '{WORDS}'))"


def array(x: str, type: LogicalType, grammar: Callable[[str, LogicalType], Grammar]) -> Grammar:
    """A JSON array whose items are values of the element's type; items that are arrays themselves are left alone. What
    PostgreSQL writes (`{a,NULL}`) becomes one."""
    text = f"CASE WHEN {x}[1] = '{{' THEN {from_postgres(x, type)} ELSE {x} END"
    return Grammar(quick="false", slow=let("given", text, json_array("given", type, grammar)))


def json_array(x: str, type: LogicalType, grammar: Callable[[str, LogicalType], Grammar]) -> str:
    opened = f"ltrim({x}, E' \\t\\r\\n')[1] = '['"
    whole = f"{valid(x)} AND {opened}"
    if type.element is None or type.element.kind in (Kind.ARRAY, Kind.TEXT, Kind.OTHER):
        return when((whole, answer(x)), otherwise=refused("not_an_array"))
    item = grammar("item", type.element)
    wrong = when((item.quick, "false"), otherwise=f"({item.slow}).e IS NOT NULL")
    strange = f"list_filter(items, lambda item: item IS NOT NULL AND item[1] <> '[' AND {wrong})"
    judged = when((f"len({strange}) = 0", answer(x)), otherwise=refused("bad_item"))
    return when((whole, let("items", f"from_json({x}, '[\"VARCHAR\"]')", judged)), otherwise=refused("not_an_array"))


def from_postgres(x: str, type: LogicalType) -> str:
    """The text of an array of PostgreSQL as JSON, piece by piece; what is none becomes no JSON either."""
    kind = type.element.kind if type.element else Kind.TEXT
    pieces = f"regexp_extract_all({x}, '{PIECE}')"
    written = let("pieces", pieces, f"array_to_string(list_transform(pieces, lambda piece: {as_json(kind)}), '')")
    return f"CASE WHEN array_to_string({pieces}, '') = {x} THEN {written} ELSE '' END"


def as_json(kind: Kind) -> str:
    """A bracket, a comma, or an item."""
    text = "replace(replace(replace(piece, chr(10), '\\n'), chr(13), '\\r'), chr(9), '\\t')"
    bare = """'"' || piece || '"'"""
    if kind in NUMBERS:
        bare = f"CASE WHEN regexp_full_match(piece, '{NUMBER}') THEN piece ELSE {bare} END"
    if kind is Kind.BOOLEAN:
        bare = f"CASE piece WHEN 't' THEN 'true' WHEN 'f' THEN 'false' ELSE {bare} END"
    if kind is Kind.JSON:
        text, bare = f"TRY_CAST({text} AS JSON)->>'$'", "piece"
    return (
        "CASE WHEN piece = '{' THEN '[' WHEN piece = '}' THEN ']' WHEN piece = ',' THEN piece"
        f" WHEN piece[1] = '\"' THEN {text} WHEN upper(piece) = 'NULL' THEN 'null' ELSE {bare} END"
    )
