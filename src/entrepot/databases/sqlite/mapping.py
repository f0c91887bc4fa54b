"""What becomes of a field of another engine in SQLite: its type, its default, and what is lost on the way."""

from __future__ import annotations

import re
from collections.abc import Iterator

from entrepot.databases.sqlite.literals import BARE, BYTES, NUMBER, TEXT
from entrepot.databases.sqlite.types import WHOLE_DIGITS
from entrepot.model.catalog import COMPUTED, Entity, Field, Origin
from entrepot.model.selection import Column
from entrepot.model.templates import Form, Slot
from entrepot.model.types import MOMENTS, NUMBERS, Kind, LogicalType

NAME = "sqlite"
SIMPLE = {
    Kind.BOOLEAN: "BOOLEAN",
    Kind.FLOAT: "REAL",
    Kind.BYTES: "BLOB",
    Kind.DATE: "DATE",
    Kind.TIME: "TIME",
    Kind.TIMESTAMP: "TIMESTAMP",
    Kind.TIMESTAMP_TZ: "TIMESTAMPTZ",
    Kind.INTERVAL: "INTERVAL TEXT",
    Kind.UUID: "UUID TEXT",
    Kind.JSON: "JSON TEXT",
    Kind.ENUM: "TEXT",
    Kind.ARRAY: "ARRAY TEXT",
    Kind.OTHER: "OTHER TEXT",
}
"""TEXT in a type's name keeps SQLite from making numbers of texts that look like some."""
AUTOMATIC = frozenset({Origin.AUTO_INCREMENT, Origin.IDENTITY, Origin.IDENTITY_ALWAYS})
NUMBER_DEFAULT = re.compile(r"-?\d+(\.\d+)?")
QUOTED_DEFAULT = re.compile(r"('(?:[^'\\]|'')*')(?:::[\w \"\[\]().]+)?", re.DOTALL)
NOW = re.compile(r"(current_timestamp|now)(\(\d?\))?", re.IGNORECASE)
WORDS = {"true": "1", "false": "0", "b'1'": "1", "b'0'": "0", "1": "1", "0": "0"}


def is_exact(type: LogicalType) -> bool:
    """Whether SQLite's own numbers hold every value of the type."""
    if type.kind is Kind.INTEGER:
        return not (type.unsigned and (type.bits or 64) >= 64)
    return type.kind is not Kind.DECIMAL or (type.precision is not None and type.precision <= WHOLE_DIGITS)


def mapped_type(type: LogicalType) -> str:
    if type.kind in SIMPLE:
        return SIMPLE[type.kind]
    if type.kind is Kind.INTEGER:
        return "INTEGER" if is_exact(type) else "DECIMAL TEXT(20,0)"
    if type.kind is Kind.DECIMAL:
        size = "" if type.precision is None else f"({type.precision},{type.scale or 0})"
        return f"DECIMAL{'' if is_exact(type) else ' TEXT'}{size}"
    return "TEXT" if type.length is None else f"VARCHAR({type.length})"


def slot_of(column: Column) -> Slot:
    """How a value is written; a SQLite source overrules it by the value's own type (`literals.stored_literal`)."""
    kind = column.type.kind
    if column.transforms:
        return Slot(column=column.name, form=Form.TEXT, escape=TEXT)
    if kind is Kind.BOOLEAN:
        return Slot(column=column.name, form=Form.BIT, escape=BARE)
    if kind is Kind.BYTES:
        return Slot(column=column.name, form=Form.HEX, escape=BYTES)
    if kind in NUMBERS and is_exact(column.type):
        return Slot(column=column.name, form=Form.TEXT, escape=BARE if kind is Kind.INTEGER else NUMBER)
    return Slot(column=column.name, form=Form.TEXT, escape=TEXT)


def mapped_default(field: Field) -> str | None:
    """Constants and the current time mean the same everywhere; other expressions are left behind."""
    text = (field.default or "").strip()
    kind = field.type.kind
    if kind in NUMBERS and NUMBER_DEFAULT.fullmatch(text):
        return text
    if kind in MOMENTS and NOW.fullmatch(text):
        return "CURRENT_TIMESTAMP"
    if kind is Kind.BOOLEAN:
        return WORDS.get(text.lower())
    quoted = QUOTED_DEFAULT.fullmatch(text)
    return quoted[1] if quoted and kind in (Kind.TEXT, Kind.ENUM, Kind.DATE) else None


def losses(entity: Entity, source_engine: str) -> Iterator[str]:
    """What does not arrive unchanged, in words; nothing for tables of SQLite itself."""
    if source_engine == NAME:
        return
    for field in entity.fields:
        for words in _field_losses(field):
            yield f"{entity.name}.{field.name}: {words}"
    for check in entity.checks:
        yield f"{entity.name}: the check {check.name} is written in {source_engine}'s own SQL and is left out"
    for index in entity.indexes:
        if not index.fields:
            yield f"{entity.name}: the index {index.name} is more than columns and is left out"


def _field_losses(field: Field) -> Iterator[str]:
    yield from _value_losses(field)
    if field.collation:
        yield f"the collation {field.collation} becomes a comparison byte by byte"
    if field.default and field.origin is Origin.PLAIN and mapped_default(field) is None:
        yield f"the default {field.default} is left out"
    if field.on_update:
        yield f"ON UPDATE {field.on_update} is left out"
    if field.origin in COMPUTED:
        yield "a computed field becomes a plain one"


def _value_losses(field: Field) -> Iterator[str]:
    kind = field.type.kind
    if kind in NUMBERS and not is_exact(field.type):
        yield f"{field.native} becomes text that keeps every digit; it sorts by letter"
    elif kind is Kind.DECIMAL:
        yield "a decimal becomes a number without trailing zeros"
    if kind is Kind.ENUM:
        yield "an enum becomes text with a check of its labels; it sorts by letter"
    if kind in (Kind.UUID, Kind.JSON, Kind.INTERVAL, Kind.ARRAY, Kind.OTHER):
        yield f"{field.native} becomes text"
