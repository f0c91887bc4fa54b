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
        and is_found_by_one_key(entity, prepared.named(prepared.matching.key), names)
        and not any(firing(entity.triggers, [Event.INSERT, Event.UPDATE]))
        and not set(changed_besides(entity)).difference(names)
    )


def writes_what_the_file_has(request: ImportRequest) -> bool:
    """Whatever its row has now."""
    merged = request.conflicts is OnConflict.MERGE and request.blank is Blank.CLEAR
    return request.conflicts is OnConflict.OVERWRITE or merged


def is_found_by_one_key(entity: Entity, key: Sequence[str], names: Sequence[str]) -> bool:
    """Whether every record has that key, at most one row has it, and the file brings nothing else that must be unique:
    others than these are told apart by the long way."""
    if any(entity.field(name).nullable for name in key):
        return False
    unique = [entity.primary_key, *(one.fields for one in entity.keys)]
    others = [fields for fields in unique if fields and set(fields) != set(key)]
    indexed = [index.fields for index in entity.indexes if index.unique and set(index.fields) != set(key)]
    free = all(not set(fields).intersection(names) for fields in others) and not indexed
    return free and any(set(fields) == set(key) for fields in unique)
