"""A column as the server describes it becomes a field of the catalog."""

from __future__ import annotations

import re

from entrepot.databases.mysql.names import script_literal
from entrepot.databases.mysql.records import ColumnRecord
from entrepot.databases.mysql.types import logical, travels_unchanged
from entrepot.model.catalog import Field, Origin

NUMBER = re.compile(r"-?[0-9.]+([eE][-+]?[0-9]+)?$|b'[01]*'$")
ON_UPDATE = re.compile(r"on update ([a-z_]+(\(\d?\))?)", re.IGNORECASE)


def field_of(column: ColumnRecord, *, is_json: bool, is_mariadb: bool) -> Field:
    meaning = logical(column, is_json=is_json)
    origin = _origin(column)
    return Field(
        name=column.name,
        type=meaning,
        native="json" if is_json else column.native,
        nullable=column.nullable == "YES",
        default=_default(column, is_mariadb=is_mariadb) if origin is Origin.PLAIN else None,
        on_update=_on_update(column),
        origin=origin,
        expression=column.expression if origin in (Origin.STORED, Origin.VIRTUAL) else None,
        collation=None if is_json else column.collation,
        comment=column.comment or None,
        lossless=travels_unchanged(column, meaning),
    )


def _origin(column: ColumnRecord) -> Origin:
    extra = column.extra.upper()
    if "AUTO_INCREMENT" in extra:
        return Origin.AUTO_INCREMENT
    if "VIRTUAL" in extra:
        return Origin.VIRTUAL
    if "STORED" in extra or "PERSISTENT" in extra or column.expression:
        return Origin.STORED
    return Origin.PLAIN


def _default(column: ColumnRecord, *, is_mariadb: bool) -> str | None:
    """SQL text; MySQL tells constants without their quotes."""
    text = column.default_text
    if text is not None and not is_mariadb and "DEFAULT_GENERATED" not in column.extra.upper():
        return text if NUMBER.match(text) else script_literal(text)
    return None if text == "NULL" else text


def _on_update(column: ColumnRecord) -> str | None:
    found = ON_UPDATE.search(column.extra)
    return found[1] if found else None
