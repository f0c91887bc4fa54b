"""What becomes of a field of another engine in PostgreSQL: its type, its default, and what is lost on the way."""

from __future__ import annotations

import re
from collections.abc import Iterator

from entrepot.databases.postgres.names import literal, quote
from entrepot.model.catalog import COMPUTED, Entity, Field, Origin
from entrepot.model.types import MOMENTS, NUMBERS, Kind, LogicalType

NAME = "postgres"
SIMPLE = {
    Kind.BOOLEAN: "boolean",
    Kind.BYTES: "bytea",
    Kind.DATE: "date",
    Kind.INTERVAL: "interval",
    Kind.UUID: "uuid",
    Kind.JSON: "json",  # not jsonb: the text stays as it was, duplicate keys and order included
    Kind.ENUM: "text",
    Kind.OTHER: "text",
}
MOST_DIGITS = 1000
NUMBER = re.compile(r"-?\d+(\.\d+)?$")
QUOTED = re.compile(r"'(?:[^'\\]|'')*'$", re.DOTALL)
NOW = re.compile(r"(current_timestamp|now)(\(\d?\))?$", re.IGNORECASE)


def is_ours(source_engine: str) -> bool:
    return source_engine == NAME


def column_type(field: Field, source_engine: str) -> str:
    """The type to declare: native text for our own tables, else the nearest that holds every value."""
    return field.native if is_ours(source_engine) else mapped_type(field.type, source_engine)


def mapped_type(type: LogicalType, source_engine: str) -> str:
    if type.kind in SIMPLE:
        return SIMPLE[type.kind]
    if type.kind is Kind.INTEGER:
        return _integer(type)
    if type.kind is Kind.DECIMAL:
        return _decimal(type)
    if type.kind is Kind.FLOAT:
        return "real" if type.bits == 32 else "double precision"
    return _longer(type, source_engine)


def _longer(type: LogicalType, source_engine: str) -> str:
    """Text, moments and arrays, which depend on more than the kind."""
    if type.kind is Kind.TEXT:
        # SQLite declares lengths and does not enforce them
        return f"varchar({type.length})" if _limited(type) and source_engine != "sqlite" else "text"
    if type.kind is Kind.ARRAY:
        return f"{mapped_type(type.element or LogicalType(kind=Kind.TEXT), source_engine)}[]"
    return _moment(type, source_engine)


def _limited(type: LogicalType) -> bool:
    return type.length is not None and 0 < type.length <= 10_485_760


def _integer(type: LogicalType) -> str:
    bits = (type.bits or 64) + (1 if type.unsigned else 0)
    if bits <= 16:
        return "smallint"
    if bits <= 32:
        return "integer"
    return "bigint" if bits <= 64 else "numeric(20)"


def _decimal(type: LogicalType) -> str:
    if type.precision is None or type.precision > MOST_DIGITS:
        return "numeric"
    return f"numeric({type.precision},{type.scale or 0})"


def _moment(type: LogicalType, source_engine: str) -> str:
    """MariaDB's TIME goes to ±838 hours, which only an interval holds."""
    if type.kind is Kind.TIME:
        return "interval" if source_engine == "mysql" else "time"
    return "timestamp" if type.kind is Kind.TIMESTAMP else "timestamptz"


def mapped_default(field: Field) -> str | None:
    """Constants and the current time mean the same everywhere; other expressions are left behind."""
    text = (field.default or "").strip()
    kind = field.type.kind
    if kind in NUMBERS and NUMBER.match(text):
        return text
    if kind in MOMENTS and NOW.match(text):
        return "CURRENT_TIMESTAMP"
    if kind is Kind.BOOLEAN and text.lower() in ("0", "1", "true", "false"):
        return "true" if text.lower() in ("1", "true") else "false"
    if kind in (Kind.TEXT, Kind.ENUM) and QUOTED.match(text):
        return text
    return None


def label_check(field: Field) -> str | None:
    """An enum of another engine keeps its labels as a check. (A MariaDB SET is several labels, so it has none.)"""
    if field.type.kind is not Kind.ENUM or field.native.lower().startswith("set"):
        return None
    labels = ", ".join(literal(value) for value in field.type.values)
    return f"CHECK ({quote(field.name)} IN ({labels}))" if labels else None


def losses(entity: Entity, source_engine: str) -> Iterator[str]:
    """What does not arrive unchanged, in words; nothing for our own tables but what no script can carry."""
    if is_ours(source_engine):
        return
    for field in entity.fields:
        for words in _field_losses(field, source_engine):
            yield f"{entity.name}.{field.name}: {words}"
    for check in entity.checks:
        yield f"{entity.name}: the check {check.name} is written in {source_engine}'s own SQL and is left out"
    for index in entity.indexes:
        if not index.fields:
            yield f"{entity.name}: the index {index.name} is more than columns and is left out"


def _field_losses(field: Field, source_engine: str) -> Iterator[str]:
    yield from _value_losses(field, source_engine)
    if field.collation:
        yield f"the collation {field.collation} becomes the database's own"
    if field.default and field.origin is Origin.PLAIN and mapped_default(field) is None:
        yield f"the default {field.default} is left out"
    if field.on_update:
        yield f"ON UPDATE {field.on_update} is left out"
    if field.origin in COMPUTED:
        yield "a computed field becomes a plain one"


def _value_losses(field: Field, source_engine: str) -> Iterator[str]:
    kind = field.type.kind
    if kind is Kind.INTEGER and field.type.unsigned and (field.type.bits or 0) >= 64:
        yield "an unsigned 64-bit integer becomes numeric(20)"
    if kind is Kind.TIME and source_engine == "mysql":
        yield "a time of up to 838 hours becomes an interval"
    if kind in MOMENTS and source_engine == "mysql":
        yield "a zero date (0000-00-00) does not exist in PostgreSQL; a row that has one stops the load"
    if kind in (Kind.TEXT, Kind.JSON) and source_engine in ("mysql", "sqlite"):
        yield "a NUL character does not exist in PostgreSQL text; a row that has one stops the load"
    if kind is Kind.ENUM:
        yield "an enum becomes text with a check of its labels; it sorts by letter"
    if kind is Kind.OTHER:
        yield f"{field.native} becomes text"
