"""The files that chosen rows point to, found through the file fields of the catalog."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import replace

from entrepot.formats.port import Attachments, FileReference
from entrepot.model.catalog import Entity, Field
from entrepot.model.errors import InputError
from entrepot.model.file_stores import FileStore
from entrepot.model.ports import RowSource
from entrepot.model.predicates import IsNull, Not, both
from entrepot.model.selection import Column, Query
from entrepot.model.suggest import unknown


def attachments_for(
    queries: tuple[Query, ...], source: RowSource, stores: Mapping[str, FileStore]
) -> Attachments | None:
    """None where no chosen entity has a file field."""
    found = [(query, field) for query in queries for field in query.entity.fields if field.file is not None]
    for _, field in found:
        if field.file not in stores:
            raise unknown("file collection", str(field.file), stores)
    return QueriedAttachments(found, source, stores) if found else None


class QueriedAttachments:
    """Reads ids, keys and names with the rows' own filters, in the same snapshot."""

    def __init__(self, sources: list[tuple[Query, Field]], source: RowSource, stores: Mapping[str, FileStore]) -> None:
        self._sources = sources
        self._source = source
        self._stores = stores

    def files(self) -> Iterator[FileReference]:
        for query, field in self._sources:
            known: dict[str, str] = {}
            for batch in self._source.batches(_attachment_query(query, field)):
                columns = [batch.column(i).to_pylist() for i in range(3)]
                for file_id, key, name in zip(*columns, strict=True):
                    if _is_new(query, field, file_id, key, known):
                        yield FileReference(
                            entity=query.title,
                            field=field.name,
                            id=file_id,
                            name=name or key.rsplit("/", 1)[-1],
                            stored=(str(field.file), key),
                        )

    def open(self, reference: FileReference) -> AbstractContextManager[Iterator[bytes]] | None:
        collection, key = reference.stored
        return self._stores[collection].open(key)


def _is_new(query: Query, field: Field, file_id: str | None, key: str, known: dict[str, str]) -> bool:
    """Two files of a field under one id would mean that nobody could tell which row has which."""
    remedy = f"Name a field in the settings that tells them apart: fields.{field.name} = {{ file = …, file_id = … }}"
    if file_id is None:
        fact = f"The file {key} of '{query.title}' has no id: '{field.file_id}' is NULL in its row."
        raise InputError("file_id_missing", fact, remedy=remedy)
    new = file_id not in known
    if known.setdefault(file_id, key) != key:
        fact = f"Two files of '{query.title}' have the id '{file_id}': {known[file_id]} and {key}."
        raise InputError("file_id_clash", fact, remedy=remedy)
    return new


def _attachment_query(query: Query, field: Field) -> Query:
    """Id, key and name of every row that has a file."""
    entity = query.entity
    names = (field.file_id or _only_key(entity, field), field.name, field.file_name or field.name)
    columns = tuple(Column(field=entity.field(name), name=f"c{i}") for i, name in enumerate(names))
    return replace(query, columns=columns, where=both(query.where, Not(IsNull(field.name))))


def _only_key(entity: Entity, field: Field) -> str:
    if len(entity.primary_key) == 1:
        return entity.primary_key[0]
    raise InputError(
        "file_id_missing",
        f"'{entity.title}' has no single key field that could identify the files of '{field.name}'.",
        remedy=f"Name one in the settings: fields.{field.name} = {{ file = …, file_id = … }}",
    )
