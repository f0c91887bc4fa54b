"""What becomes of a field of another engine in MySQL: its type and its default."""

from __future__ import annotations

import re

from entrepot.databases.mysql.names import script_literal
from entrepot.model.catalog import Catalog, Entity, Field, Origin, Relation
from entrepot.model.types import NUMBERS, Kind, LogicalType

NAME = "mysql"
LONG_TEXT, LONG_BYTES = "longtext", "longblob"
SIMPLE = {
    Kind.BOOLEAN: "tinyint(1)",
    Kind.DATE: "date",
    Kind.TIME: "time(6)",
    Kind.TIMESTAMP: "datetime(6)",
    Kind.TIMESTAMP_TZ: "datetime(6)",  # not timestamp, which ends in 2038
    Kind.INTERVAL: LONG_TEXT,
    Kind.UUID: "char(36) CHARACTER SET ascii COLLATE ascii_bin",
    Kind.JSON: "json",
    Kind.ARRAY: "json",
    Kind.OTHER: LONG_TEXT,
}
WIDTHS = ((8, "tinyint"), (16, "smallint"), (24, "mediumint"), (32, "int"), (64, "bigint"))
MOST_DIGITS, MOST_DECIMALS = 65, 30
INLINE, IN_KEY = 500, 255
"""Longer declared texts become longtext, for the fields of a row share 64 KB; so long may an undeclared one in a key
be, for an index holds 768 characters."""
COUNTERS = frozenset({Origin.AUTO_INCREMENT, Origin.IDENTITY, Origin.IDENTITY_ALWAYS})
NUMBER = re.compile(r"-?\d+(\.\d+)?$")
QUOTED = re.compile(r"'((?:[^'\\]|'')*)'(::[a-z ]+)?$", re.DOTALL)
NOW = re.compile(r"(current_timestamp|now)(\(\d?\))?$", re.IGNORECASE)


def is_ours(source_engine: str) -> bool:
    return source_engine == NAME


def column_type(entity: Entity, field: Field, catalog: Catalog) -> str:
    """The type to declare: native text for our own tables, else the nearest that holds every value.

    A reference takes the type of what it refers to: MySQL wants both the same, and no other value can be there."""
    if is_ours(catalog.engine):
        return field.native
    owner, origin = _referred(entity, field, catalog)
    return mapped_type(origin.type, keyed=field.name in key_fields(entity) or origin.name in key_fields(owner))


def _referred(entity: Entity, field: Field, catalog: Catalog) -> tuple[Entity, Field]:
    """Where the values of a field come from in the end, over any number of references."""
    seen: set[tuple[str, str]] = set()
    while (entity.name, field.name) not in seen:
        seen.add((entity.name, field.name))
        for relation in entity.relations:
            if field.name in relation.fields and relation.parent in catalog.by_name and not relation.declared:
                entity = catalog.entity(relation.parent)
                field = entity.field(relation.parent_fields[relation.fields.index(field.name)])
                break
    return entity, field


def key_fields(entity: Entity) -> frozenset[str]:
    """Fields whose values an index must hold as a whole."""
    referring = (name for relation in entity.relations for name in relation.fields)
    unique = (name for key in entity.keys for name in key.fields)
    return frozenset((*entity.primary_key, *unique, *referring))


def mapped_type(type: LogicalType, *, keyed: bool) -> str:
    kind = type.kind
    if kind in NUMBERS:
        return _number(type)
    if kind is Kind.ENUM and type.values:
        return f"enum({', '.join(map(script_literal, type.values))})"
    if kind in (Kind.TEXT, Kind.ENUM, Kind.OTHER):
        return _sized("varchar", LONG_TEXT, type, keyed=keyed)
    if kind is Kind.BYTES:
        return _sized("varbinary", LONG_BYTES, type, keyed=keyed)
    return f"varchar({IN_KEY})" if keyed and SIMPLE[kind] in ("json", LONG_TEXT) else SIMPLE[kind]


def _sized(short: str, long: str, type: LogicalType, *, keyed: bool) -> str:
    if type.length is not None and 0 < type.length <= INLINE:
        return f"{short}({type.length})"
    return f"{short}({IN_KEY})" if keyed else long


def _number(type: LogicalType) -> str:
    if type.kind is Kind.FLOAT:
        return "float" if type.bits == 32 else "double"
    return _integer(type) if type.kind is Kind.INTEGER else _decimal(type)


def _integer(type: LogicalType) -> str:
    name = next(name for bits, name in WIDTHS if (type.bits or 64) <= bits)
    return f"{name} unsigned" if type.unsigned else name


def _decimal(type: LogicalType) -> str:
    """Without limits: the most that there is. Beyond: text, which keeps every digit."""
    if type.precision is None:
        return f"decimal({MOST_DIGITS},{MOST_DECIMALS})"
    scale = type.scale or 0
    fits = type.precision <= MOST_DIGITS and 0 <= scale <= min(type.precision, MOST_DECIMALS)
    return f"decimal({type.precision},{scale})" if fits else LONG_TEXT


def mapped_default(field: Field) -> str | None:
    """Constants and the current time mean the same everywhere; other expressions are left behind."""
    text, kind = (field.default or "").strip(), field.type.kind
    if kind in NUMBERS and NUMBER.match(text):
        return text
    if kind in (Kind.TIMESTAMP, Kind.TIMESTAMP_TZ) and NOW.match(text):
        return "current_timestamp(6)"
    if kind is Kind.BOOLEAN and text.lower() in ("0", "1", "true", "false"):
        return "1" if text.lower() in ("1", "true") else "0"
    if kind in (Kind.TEXT, Kind.ENUM) and (quoted := QUOTED.match(text)):
        constant = script_literal(quoted[1].replace("''", "'"))
        return constant if kind is Kind.ENUM else f"({constant})"
    return None


def deletion_rule(entity: Entity, relation: Relation) -> str:
    """InnoDB refuses SET DEFAULT, and SET NULL where a field cannot be NULL."""
    impossible = relation.on_delete == "SET NULL" and not all(entity.field(name).nullable for name in relation.fields)
    return "NO ACTION" if impossible or relation.on_delete == "SET DEFAULT" else relation.on_delete


def counts(entity: Entity, field: Field) -> bool:
    """Whether the field can be AUTO_INCREMENT: one per table, first in a key."""
    counters = [f.name for f in entity.fields if f.origin in COUNTERS and f.type.kind is Kind.INTEGER]
    first = {fields[0] for fields in (entity.primary_key, *(key.fields for key in entity.keys)) if fields}
    return [field.name] == counters[:1] and field.name in first
