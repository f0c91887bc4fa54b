"""Values within JSON cells. DuckDB would write numbers anew, by way of doubles, so they go through it as texts."""

from __future__ import annotations

from entrepot.workbench.judging.expressions import let, quoted, when
from entrepot.workbench.judging.grammar_json import valid
from entrepot.workbench.source import literal

SEGMENTS = r'"(?:[^"\\]|\\.)*"|[^"]+'
"""Strings, and what stands between them."""
NUMBER = r"(-?[0-9]+(?:[.][0-9]+)?(?:[eE][+-]?[0-9]+)?)"
MARKED = r'"\\u0002\1"'
MARK = "chr(2)"
MARKED_AGAIN = r'"\\u0002([^"]*)"'


def picked(value: str, pointer: str) -> str:
    """SQL of what stands there in the JSON that `value` gives; NULL for null and for nothing. What is no JSON stays as
    it is, and is `broken`."""
    inside = f"TRY(json_extract_string({marked(value)}, {quoted(pointer)}))"
    unmarked = when(
        (f"starts_with(found, {MARK})", "found[2:]"),
        ("found[1] IN ('{', '[')", rf"regexp_replace(found, {literal(MARKED_AGAIN)}, '\1', 'g')"),
        otherwise="found",
    )
    return when(("VALUE IS NULL", "NULL"), (valid("VALUE"), let("found", inside, unmarked)), otherwise="VALUE").replace(
        "VALUE", value
    )


def broken(value: str) -> str:
    return f"coalesce(NOT {valid(value)}, false)"


def marked(value: str) -> str:
    segment = f"CASE WHEN part[1] = '\"' THEN part ELSE regexp_replace(part, '{NUMBER}', {literal(MARKED)}, 'g') END"
    return (
        f"array_to_string(list_transform(regexp_extract_all({value}, {literal(SEGMENTS)}), lambda part: {segment}), '')"
    )
