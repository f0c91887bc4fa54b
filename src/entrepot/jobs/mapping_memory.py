"""Mappings that are kept: of every finished import for the next file with the same columns, and under names.

What is remembered by itself is only where columns go, because that is the same for files of one kind; constants, steps
and rules are those of one file, and come back only by a name that somebody gave.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from entrepot.model.catalog import Catalog
from entrepot.model.errors import EntrepotError, InputError
from entrepot.model.import_receipts import ImportReceipt
from entrepot.model.mappings import KnownMapping, SavedMapping, columns_of, combined
from entrepot.model.names import entity_names
from entrepot.model.plans import ImportRequest
from entrepot.model.records import MappingRecord
from entrepot.model.suggest import unknown
from entrepot.state import State


@dataclass(frozen=True, kw_only=True)
class MappingMemory:
    state: State
    catalog: Callable[[], Catalog]

    @property
    def database(self) -> str:
        catalog = self.catalog()
        return f"{catalog.engine}:{catalog.database}"

    def recall(self, entity: str, columns: Sequence[str]) -> Mapping[str, str]:
        """Column → field."""
        found = self.state.ledger.mappings.remembered(self.database, entity, signature(columns))
        return {} if found is None else columns_of(saved_in(found).mapping)

    def with_saved(self, request: ImportRequest) -> ImportRequest:
        """The request with the mapping that it names."""
        if not request.use:
            return request
        entity = entity_names(self.catalog()).find(request.entity).name
        saved = saved_in(self.state.ledger.mappings.named(self.database, entity, request.use))
        return replace(request, mapping=combined(request.mapping, saved.mapping))

    def remember(self, request: ImportRequest, receipt: ImportReceipt) -> None:
        """What is done is done: that something cannot be remembered is no reason to call it failed. What somebody bound
        to a tenant does is no example for others, and what nobody gave as a file none for files."""
        saved, mappings = receipt.mapping, self.state.ledger.mappings
        if saved is None or request.tenant_by_key or receipt.file.database or request.made:
            return
        with suppress(EntrepotError):
            document, columns = msgspec.to_builtins(saved), signature(saved.columns)
            mappings.save(self.database, saved.entity, columns=columns, mapping=document)
            if request.save_as:
                mappings.save(self.database, saved.entity, columns=columns, mapping=document, name=request.save_as)
            if request.use:
                mappings.used(mappings.named(self.database, saved.entity, request.use).id)

    def all(self) -> tuple[KnownMapping, ...]:
        return tuple(known(record) for record in self.state.ledger.mappings.all(self.database))

    def get(self, name_or_id: str, entity: str | None) -> KnownMapping:
        found = [one for one in self.all() if name_or_id in (one.name, one.id)]
        if entity is not None:
            named = entity_names(self.catalog()).find(entity).name
            found = [one for one in found if one.saved.entity == named]
        if not found:
            raise unknown("mapping", name_or_id, [one.name or one.id for one in self.all()])
        if len(found) > 1:
            raise InputError(
                "ambiguous_mapping",
                f"'{name_or_id}' is a mapping of each of: {', '.join(sorted(one.saved.entity for one in found))}.",
                remedy="Name the entity (--into), or the mapping by its id.",
            )
        return found[0]

    def delete(self, name_or_id: str, entity: str | None) -> KnownMapping:
        found = self.get(name_or_id, entity)
        self.state.ledger.mappings.delete(found.id)
        return found


def signature(columns: Sequence[str]) -> str:
    """The same for files with the same columns in whatever order."""
    return hashlib.sha256(msgspec.json.encode(sorted(columns))).hexdigest()


def saved_in(record: MappingRecord) -> SavedMapping:
    document: Any = record.mapping
    return msgspec.convert(document, SavedMapping)


def known(record: MappingRecord) -> KnownMapping:
    return KnownMapping(
        id=record.id,
        name=record.name,
        saved=saved_in(record),
        created_at=record.created_at.isoformat(timespec="seconds"),
        used_at=record.used_at.isoformat(timespec="seconds") if record.used_at else None,
    )
