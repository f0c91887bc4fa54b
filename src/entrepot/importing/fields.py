"""What every value of a file must be, from what the catalog and the request say about its field."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from entrepot.importing.columns import located
from entrepot.importing.mapping import needs_value
from entrepot.importing.spelling import is_char
from entrepot.model.catalog import Entity, Field
from entrepot.model.changes import Writing
from entrepot.model.drafts import Mode, TargetField
from entrepot.model.mappings import ColumnMapping, FieldMapping, Mapped, MappingRequest
from entrepot.model.rules import joined_steps
from entrepot.model.types import Kind
from entrepot.model.unique_keys import GIVEN_BY_DATABASE

KEEPS_BLANKS = frozenset({Kind.TEXT, Kind.OTHER})
"""An empty text is a value of these; of all others, unless it is one of their labels, it can only mean that there is
none."""


CELLS = frozenset({"csv", "xlsx", "xls", "xlsb", "ods"})
"""The formats in which a record cannot leave a field out, because all have the same columns."""


def target_fields(
    entity: Entity, mapping: ColumnMapping, columns: Sequence[str], request: MappingRequest
) -> tuple[TargetField, ...]:
    return tuple(_target(entity.field(mapped.field), mapped, columns, request) for mapped in mapping.mapped)


def with_blanks_left(
    fields: Sequence[TargetField], entity: Entity, mode: Mode, format: str | None
) -> tuple[TargetField, ...]:
    """An empty cell of a field that cannot be NULL and that the database fills can only mean that it should. Where
    rows exist that is certain of numbers that the database gives out, but not of other values: those are missed."""
    left = {f.name for f in entity.fields if not f.nullable and (f.origin in GIVEN_BY_DATABASE or f.default)}
    if mode is not Mode.CREATE:
        left = {name for name in left if entity.field(name).origin in GIVEN_BY_DATABASE}
    if format not in CELLS or mode is Mode.UPDATE:
        left = set()
    return tuple(replace(field, blank_is_left=True) if field.name in left else field for field in fields)


def with_pads(fields: Sequence[TargetField], entity: Entity, writing: Writing) -> tuple[TargetField, ...]:
    """What a CHAR is compared with may have the blanks that fill it, or not."""
    if not writing.pads:
        return tuple(fields)
    return tuple(replace(field, padded=is_char(entity.field(field.name))) for field in fields)


def _target(field: Field, mapped: Mapped, columns: Sequence[str], request: MappingRequest) -> TargetField:
    places = [located(column, columns) for column in mapped.columns]
    said = request.fields.get(field.name) or request.fields.get(field.title) or FieldMapping()
    return TargetField(
        name=field.name,
        type=field.type,
        sources=tuple(at for at, _ in places),
        pointers=tuple(pointer for _, pointer in places) if any(pointer for _, pointer in places) else (),
        separator=said.separator,
        constant=mapped.constant,
        default=said.default,
        steps=joined_steps(said.steps, field.steps),
        rules=(*field.rules, *said.rules),
        required=needs_value(field) or not field.nullable,
        given_by_database=field.default is not None or field.origin in GIVEN_BY_DATABASE,
        blank_is_null=field.type.kind not in KEEPS_BLANKS and "" not in field.type.values,
    )
