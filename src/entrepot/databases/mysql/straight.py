"""Rows of a plain file straight into their table, by the server's own reader: half the work of going over the stage.

LOAD DATA does its best with what does not fit, and of rows that it cannot take it leaves out; but of each such case it
warns. So a load without a warning is one in which nothing was changed and nothing is missing.
"""

from __future__ import annotations

from collections.abc import Sequence

from entrepot.databases.mysql.conversions import value_of
from entrepot.databases.mysql.kept import has_moments
from entrepot.databases.mysql.local_load import FORMAT, NULL_WORD
from entrepot.databases.mysql.names import quote, table_name
from entrepot.databases.mysql.staging import Abilities
from entrepot.databases.mysql.trees import inner_references_among
from entrepot.model.catalog import Entity, Field, Origin
from entrepot.model.types import Kind

MISTAKEN = ("", NULL_WORD)
"""Quoted or not, an empty value is no NULL to LOAD DATA, and this word is one only without quotes: nobody could tell
them apart."""
WHOLE = ("bit", "year")
"""Integers that a text is not simply one of."""


def goes_straight(entity: Entity, fields: Sequence[str], abilities: Abilities) -> bool:
    """Rows that refer to each other would be left out if they stand in front of what they refer to."""
    waits = inner_references_among(entity, fields)
    return abilities.loads and not waits and not (abilities.zone and has_moments(entity, fields))


def loading(entity: Entity, fields: Sequence[str]) -> str:
    """What has to be made into something first goes through a variable."""
    columns = [entity.field(name) for name in fields]
    taken = [quote(field.name) if stays(field) else variable(at) for at, field in enumerate(columns)]
    made = [f"{quote(field.name)} = {value(at, field)}" for at, field in enumerate(columns) if not stays(field)]
    setting = f" SET {', '.join(made)}" if made else ""
    return f"LOAD DATA LOCAL INFILE 'rows' INTO TABLE {table_name(entity)} {FORMAT} ({', '.join(taken)}){setting}"


def stays(field: Field) -> bool:
    """Whether its text is what the column is given, and there must be one."""
    must = not field.nullable and field.default is None and field.origin is Origin.PLAIN
    return must and (is_whole(field) or value_of("v", field) == "v")


def value(at: int, field: Field) -> str:
    given = f"NULLIF({variable(at)}, '')"
    return given if is_whole(field) and field.nullable else value_of(given, field)


def is_whole(field: Field) -> bool:
    """That it is no fraction was checked."""
    return field.type.kind is Kind.INTEGER and not field.native.lower().startswith(WHOLE)


def variable(at: int) -> str:
    return f"@entrepot_{at:d}"
