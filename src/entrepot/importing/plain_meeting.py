"""Which imports leave nothing to be decided but whether a record's row is there, and whether it differs: those the
database can decide about by itself."""

from __future__ import annotations

from collections.abc import Sequence

from entrepot.importing.changes import changed_besides
from entrepot.importing.request import Prepared
from entrepot.model.catalog import Entity, EntityKind
from entrepot.model.drafts import Blank, Errors, OnConflict
from entrepot.model.plans import ImportRequest
from entrepot.model.triggers import Event, firing


def meets_plainly(prepared: Prepared) -> bool:
    """For all that is known without a look at the rows."""
    request, entity, names = prepared.request, prepared.entity, prepared.names
    return (
        writes_what_the_file_has(request)
        and request.errors is not Errors.SKIP
        and request.batch_size is None
        and entity.kind is EntityKind.TABLE
        and bool(prepared.matching.compared)
        and not any(referring.own for referring in prepared.matching.references)
        and not prepared.matching.others
        and not prepared.matching.referred
        and has_one_row(entity, prepared.named(prepared.matching.key))
        and not any(firing(entity.triggers, [Event.INSERT, Event.UPDATE]))
        and not set(changed_besides(entity)).difference(names)
    )


def writes_what_the_file_has(request: ImportRequest) -> bool:
    """Whatever its row has now."""
    merged = request.conflicts is OnConflict.MERGE and request.blank is Blank.CLEAR
    return request.conflicts is OnConflict.OVERWRITE or merged


def has_one_row(entity: Entity, key: Sequence[str]) -> bool:
    """Whether every record has that key, and at most one row."""
    if any(entity.field(name).nullable for name in key):
        return False
    return any(
        fields and set(fields) == set(key) for fields in (entity.primary_key, *(one.fields for one in entity.keys))
    )
