"""Names and texts as MySQL's SQL takes them. The only place that quotes."""

from __future__ import annotations

from entrepot.model.catalog import Entity
from entrepot.model.errors import InputError


def quote(name: str) -> str:
    """Always quoted, so that no name can be a keyword, another name, or SQL.

    >>> quote('a`b')
    '`a``b`'
    """
    if not _possible(name):
        raise InputError(
            "bad_name",
            f"MySQL has no names like {name!r}: empty, longer than 64 characters, with a space at the end, with NUL or "
            "characters beyond U+FFFF.",
            remedy="Rename it on the way out.",
        )
    return "`" + name.replace("`", "``") + "`"


def _possible(name: str) -> bool:
    return 0 < len(name.rstrip(" \t\n\v\f\r")) == len(name) <= 64 and "\0" not in name and max(name) <= "\uffff"


def literal(text: str) -> str:
    r"""A text constant under `sql_mode = NO_BACKSLASH_ESCAPES` and utf8mb4, which every session of ours sets.

    A quote is the only character with a meaning then, and no byte of another UTF-8 character can be one.

    >>> literal("it's \\ fine")
    "'it''s \\ fine'"
    """
    return "'" + text.replace("'", "''") + "'"


SCRIPT_ESCAPES = {"\\": "\\\\", "'": "''", "\0": "\\0", "\n": "\\n", "\r": "\\r", "\x1a": "\\Z"}


def script_literal(text: str) -> str:
    r"""A text constant in a script, where backslashes are on, because the `mariadb` client loses raw CR and NUL.

    >>> script_literal("it's \\ fine")
    "'it''s \\\\ fine'"
    """
    return "'" + "".join(SCRIPT_ESCAPES.get(character, character) for character in text) + "'"


def table_name(entity: Entity) -> str:
    return quote(entity.table)
