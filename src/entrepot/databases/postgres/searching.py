"""Regular expressions where one of them spares many searches of a text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from entrepot.databases.dialect import Dialect
from entrepot.databases.escapes import Escaping
from entrepot.model.templates import Escape

EXACT = 'COLLATE "C"'
"""Byte by byte: no collation may call two different texts equal, or forbid a search."""
FEW = 6
"""Up to so many characters are looked for one by one, which is faster than one regular expression."""
PLACE = "\x01text\x01"
"""Stands for the text while its expression is built: no SQL of ours has such characters."""

STEPWISE = "stepwise"
"""Names an escape that is to be written by its own rules, one after the other."""


def matches(dialect: Dialect, sql: str, pattern: str) -> str:
    return f"({sql}) {EXACT} ~ {dialect.string(pattern)}"


def one_of_characters(characters: str) -> str:
    """Every character by its number: so none has a meaning of its own between the brackets."""
    return "[" + "".join(map(_by_number, characters)) + "]"


def _by_number(character: str) -> str:
    return f"\\u{ord(character):04x}" if ord(character) < 0x10000 else f"\\U{ord(character):08x}"


def searched(dialect: Dialect, escape: Escape) -> str | None:
    """An escape with so many special characters that it needs a regular expression anyway: then one that finds
    whatever needs work at all, so that most values stand as they are. NULL stays NULL."""
    if escape.name == STEPWISE or len(escape.rare_characters) <= FEW or escape.wrap_when is not None:
        return None
    work = matches(dialect, PLACE, "|".join(_reasons(escape)))
    if escape.limit is not None:
        work += f" OR octet_length({PLACE}) > {escape.limit}"  # costs nothing, and no text has more characters
    plain = dialect.concat([dialect.string(escape.open), PLACE, dialect.string(escape.close)])
    whole = f"CASE WHEN {work} THEN {Escaping(dialect, replace(escape, name=STEPWISE)).of(PLACE)} ELSE {plain} END"
    return whole.replace("{", "{{").replace("}", "}}").replace(PLACE, "{0}")


def _reasons(escape: Escape) -> Iterator[str]:
    single = [old for old, _ in escape.replace if len(old) == 1]
    yield one_of_characters(escape.rare_characters.replace("\0", "") + "".join(single))
    for text in (*escape.rare_texts, *(old for old, _ in escape.replace if len(old) > 1)):
        yield "".join(map(_by_number, text))
    if escape.guard_first:
        yield "^" + one_of_characters(escape.guard_first.replace("\0", ""))
