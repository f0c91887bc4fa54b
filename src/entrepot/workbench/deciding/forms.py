"""When two texts are the same value: `12.5` and `12.50` are one decimal, `a` and `A` are two texts."""

from __future__ import annotations

from collections.abc import Sequence

from entrepot.model.types import Kind, LogicalType
from entrepot.workbench.quick_forms import quick_form

LEXEME = r"'(?:[^']|'')*'(?::[0-9A-D,]+)?"
"""Of a text that was made ready for searching (`tsvector`): its order means nothing, and was another one once."""
QUOTE = "chr(39)"


def same_form(type: LogicalType, text: str) -> str:
    """SQL of a text that is equal for equal values; where there is no quick form, the text itself."""
    form = lexemes(text) if type.kind is Kind.OTHER else quick_form(type.kind, text)
    return text if form is None else f"coalesce({form}, {text})"


def lexemes(text: str) -> str:
    """SQL of them in one order; NULL for a text that is none of these."""
    lexeme = LEXEME.replace("'", "''")
    every = f"array_to_string(list_sort(regexp_extract_all({text}, '{lexeme}')), ' ')"
    return f"CASE WHEN {text}[1] = {QUOTE} AND regexp_full_match({text}, '{lexeme}( {lexeme})*') THEN {every} END"


def equal(left: Sequence[str], right: Sequence[str], types: Sequence[LogicalType]) -> str:
    """SQL of the condition that all values are there and the same."""
    pairs = zip(left, right, types, strict=True)
    return " AND ".join(f"{same_form(kind, one)} = {same_form(kind, other)}" for one, other, kind in pairs)


def differ(left: str, right: str, type: LogicalType) -> str:
    """Most values are equal as they stand, so their forms are only made of others."""
    forms = f"{same_form(type, left)} IS DISTINCT FROM {same_form(type, right)}"
    return f"CASE WHEN {left} IS NOT DISTINCT FROM {right} THEN false ELSE {forms} END"
