"""Names and texts as PostgreSQL's SQL takes them. The only place that quotes."""

from __future__ import annotations

from entrepot.model.catalog import Entity
from entrepot.model.errors import InputError


def quote(name: str) -> str:
    """Always quoted, so that no name can be a keyword, another name, or SQL.

    >>> quote('a"b')
    '"a""b"'
    """
    return '"' + _storable(name).replace('"', '""') + '"'


def literal(text: str) -> str:
    r"""A text constant under `standard_conforming_strings = on`, which every session and script of ours sets.

    >>> literal("it's \\ fine")
    "'it''s \\ fine'"
    """
    return "'" + _storable(text).replace("'", "''") + "'"


def table_name(entity: Entity) -> str:
    return f"{quote(entity.schema or 'public')}.{quote(entity.table)}"


def _storable(text: str) -> str:
    if "\0" in text:
        raise InputError(
            "nul_in_text",
            "PostgreSQL has no NUL character, neither in names nor in text.",
            remedy="Leave the character out of the name or value.",
        )
    return text
