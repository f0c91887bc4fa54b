"""What an import said about columns and fields, so that the next one can say the same."""

from __future__ import annotations

from dataclasses import replace

from entrepot.importing.request import Prepared
from entrepot.model.mappings import FieldMapping, Mapped, MappingRequest, SavedMapping


def reusable(prepared: Prepared) -> SavedMapping:
    """Every column where it went, however it got there, and all that was done with its values."""
    request = prepared.request.mapping
    nowhere = (*request.ignored, *(column for column, field in request.remembered.items() if not field))
    present = [column.name for column in prepared.staged.columns]
    return SavedMapping(
        entity=prepared.entity.name,
        columns=tuple(present),
        mapping=MappingRequest(
            fields={mapped.field: _field(mapped, prepared) for mapped in prepared.mapping.mapped},
            ignored=tuple(column for column in dict.fromkeys(nowhere) if column in present),
            guess=request.guess,
        ),
    )


def _field(mapped: Mapped, prepared: Prepared) -> FieldMapping:
    fields, field = prepared.request.mapping.fields, prepared.entity.field(mapped.field)
    said = fields.get(field.name) or fields.get(field.title) or FieldMapping()
    return replace(
        said,
        columns=mapped.columns,
        constant=mapped.constant,
        find_by=mapped.find_by,
        ignore_case=said.ignore_case or mapped.ignore_case,
    )
