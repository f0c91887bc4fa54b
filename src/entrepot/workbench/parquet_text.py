"""The text form of every value that a Parquet file can hold, as an expression: docs/reference/values.md."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from entrepot.model.errors import InputError
from entrepot.workbench.source import literal

if TYPE_CHECKING:
    from duckdb.sqltypes import DuckDBPyType

DEEPEST = 50
"""Lists within lists, and so on: what is written about a value grows with it."""
NESTED = frozenset({"list", "array", "struct", "map"})
FLOATS = frozenset({"float", "double"})
BARE = frozenset(
    {"boolean", "tinyint", "smallint", "integer", "bigint", "hugeint", "decimal"}
    | {"utinyint", "usmallint", "uinteger", "ubigint", "uhugeint"}
)
"""What JSON has values of its own for."""
FINITE = (
    "CASE WHEN isfinite({v}) THEN {v}::VARCHAR WHEN isnan({v}) THEN {nan}"
    " WHEN {v} > 0 THEN {more} WHEN {v} < 0 THEN {less} END"
)
ERA = "CASE WHEN contains({t}, ' (BC)') THEN replace({t}, ' (BC)', '') || ' BC' ELSE {t} END"
"""DuckDB names the era behind the day, everybody else at the end."""
IN_UTC = "CASE WHEN isfinite({v}) THEN make_timestamp(epoch_us({v}))::VARCHAR || '+00' ELSE {v}::VARCHAR END"
"""Round by way of epochs: DuckDB's own cast asks a calendar library for each of them."""
PARTS = (("year", "Y"), ("month", "M"), ("day", "D")), (("hour", "H"), ("minute", "M"))
SECONDS = (
    "CASE WHEN {u} <> 0 THEN CASE WHEN {u} < 0 THEN '-' ELSE '' END || (abs({u}) // 1000000)::VARCHAR"
    " || rtrim(rtrim('.' || lpad((abs({u}) % 1000000)::VARCHAR, 6, '0'), '0'), '.') || 'S' ELSE '' END"
)


def text_of(type: DuckDBPyType, value: str) -> str:
    """Of a value of DuckDB's type."""
    if type.id in NESTED:
        return json_of(type, value, 1)
    return simple_text(type, value)


def simple_text(type: DuckDBPyType, value: str) -> str:
    kind = type.id
    if kind in FLOATS:
        return FINITE.format(v=value, nan="'NaN'", more="'Infinity'", less="'-Infinity'")
    if kind == "timestamp with time zone":
        return ERA.format(t=f"({IN_UTC.format(v=value)})")
    if kind == "date" or kind.startswith("timestamp"):
        return ERA.format(t=f"{value}::VARCHAR")
    special = SPECIAL.get(kind)
    return special(value) if special else f"{value}::VARCHAR"


def interval_text(value: str) -> str:
    """ISO 8601, as PostgreSQL writes it; each part with its sign."""
    days, clock = ("".join(f" || {part_text(value, *part)}" for part in parts) for parts in PARTS)
    seconds = SECONDS.replace("{u}", f"datepart('microsecond', {value})")
    time = f"('T'{clock} || {seconds})"
    whole = f"rtrim('P'{days} || {time}, 'T')"
    return f"CASE WHEN {value} IS NOT NULL AND {whole} = 'P' THEN 'PT0S' WHEN {value} IS NOT NULL THEN {whole} END"


def part_text(value: str, part: str, unit: str) -> str:
    number = f"datepart('{part}', {value})"
    return f"CASE WHEN {number} <> 0 THEN {number}::VARCHAR || '{unit}' ELSE '' END"


SPECIAL: dict[str, Callable[[str], str]] = {
    "blob": lambda value: f"'\\x' || lower(hex({value}))",
    "interval": interval_text,
    "variant": lambda value: f"{value}::JSON::VARCHAR",
}


def json_of(type: DuckDBPyType, value: str, depth: int) -> str:
    """As JSON text, and NULL for NULL: numbers digit by digit, and whatever JSON does not know as a string."""
    if depth > DEEPEST:
        raise InputError(
            "too_deep",
            f"A column of this file has values within values more than {DEEPEST} deep.",
            remedy="Write it as JSON text.",
        )
    if type.id == "struct":
        return json_object(type, value, depth)
    if type.id == "map":
        return json_map(type, value, depth)
    if type.id in NESTED:
        return json_list(f"e{depth}", value, json_item(parts_of(type)[0][1], f"e{depth}", depth))
    if type.id in BARE or str(type) == "JSON":
        return f"{value}::VARCHAR"
    if type.id in FLOATS:
        return FINITE.format(v=value, nan="""'"NaN"'""", more="""'"Infinity"'""", less="""'"-Infinity"'""")
    return f"to_json({simple_text(type, value)})::VARCHAR"


def parts_of(type: DuckDBPyType) -> list[tuple[str, DuckDBPyType]]:
    """Of a nested type, by name; the length of an array is none."""
    return [(name, cast("DuckDBPyType", part)) for name, part in type.children if not isinstance(part, (int, list))]


def json_item(type: DuckDBPyType, value: str, depth: int) -> str:
    return f"coalesce({json_of(type, value, depth + 1)}, 'null')"


def json_list(name: str, value: str, item: str, brackets: str = "[]") -> str:
    first, last = brackets
    return f"'{first}' || array_to_string(list_transform({value}, lambda {name}: {item}), ',') || '{last}'"


def json_object(type: DuckDBPyType, value: str, depth: int) -> str:
    members = [json_member(name, kind, value, depth) for name, kind in parts_of(type)]
    inside = " || ',' || ".join(members)
    return f"CASE WHEN {value} IS NOT NULL THEN '{{' || {inside} || '}}' END"


def json_member(name: str, type: DuckDBPyType, value: str, depth: int) -> str:
    item = json_item(type, f"struct_extract({value}, {literal(name)})", depth)
    return f"to_json({literal(name)})::VARCHAR || ':' || {item}"


def json_map(type: DuckDBPyType, value: str, depth: int) -> str:
    """Its keys become texts, whatever they are."""
    name = f"e{depth}"
    (_, key), (_, kind) = parts_of(type)
    item = f"to_json({text_of(key, f'{name}.key')})::VARCHAR || ':' || {json_item(kind, f'{name}.value', depth)}"
    return json_list(name, f"map_entries({value})", item, "{}")
