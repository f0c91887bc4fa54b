"""What does not arrive unchanged in MySQL, in words that stand in the script and are shown before the run."""

from __future__ import annotations

from collections.abc import Iterator

from entrepot.databases.mysql.mapping import (
    COUNTERS,
    LONG_TEXT,
    MOST_DECIMALS,
    MOST_DIGITS,
    counts,
    deletion_rule,
    is_ours,
    key_fields,
    mapped_default,
    mapped_type,
)
from entrepot.model.catalog import COMPUTED, Entity, Field, Origin
from entrepot.model.types import MOMENTS, Kind


def losses(entity: Entity, source_engine: str) -> Iterator[str]:
    """What does not arrive unchanged, in words; for our own tables only what no script can carry."""
    for field in entity.fields:
        told = _own_losses(field) if is_ours(source_engine) else _field_losses(entity, field)
        for words in told:
            yield f"{entity.name}.{field.name}: {words}"
    if not is_ours(source_engine):
        yield from _table_losses(entity, source_engine)


def _own_losses(field: Field) -> Iterator[str]:
    if not field.lossless and field.type.kind is Kind.OTHER:
        yield f"{field.native} travels as text (WKT), without its reference system"


def _table_losses(entity: Entity, source_engine: str) -> Iterator[str]:
    for relation in entity.relations:
        if deletion_rule(entity, relation) != relation.on_delete:
            yield f"{entity.name}: ON DELETE {relation.on_delete} of {relation.name} becomes NO ACTION"
    for check in entity.checks:
        yield f"{entity.name}: the check {check.name} is written in {source_engine}'s own SQL and is left out"
    for index in entity.indexes:
        if not index.fields:
            yield f"{entity.name}: the index {index.name} is more than columns and is left out"
    names = [field.name.lower() for field in entity.fields]
    if len(set(names)) < len(names):
        yield f"{entity.name}: fields differ only in upper and lower case, which MySQL refuses"


def _field_losses(entity: Entity, field: Field) -> Iterator[str]:
    kind = field.type.kind
    if kind in MISSING:
        yield f"{MISSING[kind]}; a row that has one stops the load"
    if kind is Kind.DECIMAL:
        yield from _digit_losses(field)
    if kind is Kind.TIMESTAMP_TZ:
        yield "a moment becomes datetime(6) in UTC"
    if kind in BECOMES:
        yield f"{field.native} becomes {BECOMES[kind]}"
    if mapped_type(field.type, keyed=True) != mapped_type(field.type, keyed=False) and field.name in key_fields(entity):
        yield f"as part of a key it becomes {mapped_type(field.type, keyed=True)}; a longer value stops the load"
    yield from _value_losses(entity, field)


def _digit_losses(field: Field) -> Iterator[str]:
    if field.type.precision is None:
        yield f"a number without limits becomes decimal({MOST_DIGITS},{MOST_DECIMALS}); further decimals are rounded"
    elif mapped_type(field.type, keyed=False) == LONG_TEXT:
        yield f"{field.native} becomes text, because MySQL has {MOST_DIGITS} digits, {MOST_DECIMALS} of them decimals"


def _value_losses(entity: Entity, field: Field) -> Iterator[str]:
    """Where values came from by themselves, and how they were ordered."""
    if field.collation:
        yield f"the collation {field.collation} becomes the order of characters"
    if field.default and field.origin is Origin.PLAIN and mapped_default(field) is None:
        yield f"the default {field.default} is left out"
    if field.origin in COMPUTED:
        yield "a computed field becomes a plain one"
    if field.origin in COUNTERS and not counts(entity, field):
        yield "it no longer counts by itself, for MySQL counts one field per table, which leads a key"


BECOMES = {
    Kind.UUID: "char(36), because MariaDB's own uuid refuses some",
    Kind.ARRAY: "json",
    Kind.INTERVAL: "text",
    Kind.OTHER: "text",
}
MISSING = {
    Kind.FLOAT: "NaN and infinities do not exist in MySQL",
    Kind.DECIMAL: "NaN and infinities do not exist in MySQL",
    **dict.fromkeys(MOMENTS, "infinity and years outside 0000 to 9999 do not exist in MySQL"),
}
