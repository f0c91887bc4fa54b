"""Canonical forms in SQL for the values that databases usually write.

Each expression gives what `model.canonical` gives, or NULL where it is not sure; those rows go to
`model.canonical` itself. Most tests are cheaper than they look for: a text that is no valid value is its own
canonical form, so only *valid values in another form* must be told apart (an integer from '1' up in byte order
either is canonical or is no integer).
"""

from __future__ import annotations

from entrepot.model.types import Kind

DECIMAL_AS_IT_IS = r"(-?[1-9][0-9]*|0)([.][0-9]*[1-9])?|-0[.][0-9]*[1-9]"
DECIMAL_WITH_ZEROS = r"(-?[1-9][0-9]*|0)[.][0-9]*0|-0[.][0-9]*[1-9]0+"
FLOAT = r"[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?"
CLOCK = r"[0-9]{2}:[0-9]{2}:[0-9]{2}"
ISO = rf"[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}[T ]{CLOCK}([.][0-9]+)?"
JSON_TO_CHECK = r"[:,\[\s]-?[0-9]+([.eE]|[0-9]{15})|\\u|,\s*[\]}]|[Nn][Aa][Nn]|[Ii][Nn][Ff]"
"""Numbers that would go through a double, escapes that DuckDB writes otherwise, and JSON that only it accepts."""

WITHOUT_ZEROS = "CASE WHEN contains({x}, '.') THEN rtrim(rtrim({x}, '0'), '.') ELSE {x} END"
LOCAL = "regexp_extract({x}, '^[^Z+]*')"
"""A moment without the offset that says it is UTC."""
LOCAL_SHORT = WITHOUT_ZEROS.replace("{x}", LOCAL)

DOUBLE = "TRY_CAST({x} AS DOUBLE)"
SHORTEST = f"{DOUBLE}::VARCHAR"
PLAIN_JSON = f"{{x}}[1] IN ('{{', '[') AND NOT regexp_matches({{x}}, '{JSON_TO_CHECK}')"
QUICK: dict[Kind, tuple[str, ...]] = {
    Kind.BOOLEAN: (
        "WHEN {x} IN ('t', 'true', '1') THEN 'true'",
        "WHEN {x} IN ('f', 'false', '0') THEN 'false'",
    ),
    Kind.INTEGER: (
        "WHEN {x} >= '1' OR {x} = '0' THEN {x}",
        "WHEN regexp_full_match({x}, '-[1-9][0-9]*') THEN {x}",
    ),
    Kind.DECIMAL: (
        "WHEN strlen({x}) > 1000 THEN NULL",
        f"WHEN regexp_full_match({{x}}, '{DECIMAL_AS_IT_IS}') THEN {{x}}",
        f"WHEN regexp_full_match({{x}}, '{DECIMAL_WITH_ZEROS}') THEN rtrim(rtrim({{x}}, '0'), '.')",
    ),
    Kind.FLOAT: (
        f"WHEN {SHORTEST} IN ({{x}}, {{x}} || '.0') AND right({{x}}, 1) BETWEEN '0' AND '9' THEN {SHORTEST}",
        f"WHEN regexp_full_match({{x}}, '{FLOAT}') AND isfinite({DOUBLE}) THEN {SHORTEST}",
    ),
    Kind.BYTES: ("WHEN lower({x}) = {x} THEN {x}",),
    Kind.DATE: ("WHEN {x} >= '0' AND {x} < ':' THEN {x}",),
    Kind.TIME: (
        "WHEN NOT contains({x}, '.') OR NOT suffix({x}, '0') THEN {x}",
        f"WHEN regexp_full_match({{x}}, '-?[0-9]?{CLOCK}[.][0-9]+') THEN {WITHOUT_ZEROS}",
    ),
    Kind.TIMESTAMP: (
        "WHEN {x}[11] = ' ' AND (strlen({x}) = 19 OR {x}[-1] BETWEEN '1' AND '9') THEN {x}",
        f"WHEN regexp_full_match({{x}}, '{ISO}') THEN replace({WITHOUT_ZEROS}, 'T', ' ')",
    ),
    Kind.TIMESTAMP_TZ: (
        "WHEN {x}[11] = ' ' AND suffix({x}, '+00') AND (strlen({x}) = 22 OR {x}[-4] <> '0') THEN {x}",
        f"WHEN regexp_full_match({{x}}, '{ISO}(Z|[+]00(:?00)?)') THEN replace({LOCAL_SHORT}, 'T', ' ') || '+00'",
    ),
    Kind.UUID: ("WHEN strlen({x}) = 36 AND lower({x}) = {x} THEN {x}",),
    Kind.JSON: (f"WHEN {PLAIN_JSON} THEN TRY(json_normalize({{x}}))",),
}
QUICK[Kind.ARRAY] = QUICK[Kind.JSON]


def quick_form(kind: Kind, value: str) -> str | None:
    """The expression for a column of `kind` that the SQL expression `value` gives; None if values stay as they are."""
    branches = QUICK.get(kind)
    return f"CASE {' '.join(branches)} END".replace("{x}", value) if branches else None
