"""The files that chosen rows point to, found through the file fields of the catalog."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Protocol

from entrepot.formats.port import Attachments
from entrepot.model.catalog import Entity, Field
from entrepot.model.errors import InputError
from entrepot.model.ports import RowSource
from entrepot.model.predicates import IsNull, Not, both
from entrepot.model.selection import Column, Query
from entrepot.model.suggest import unknown


class FileStore(Protocol):
    """Where an application keeps the bytes of its files."""

    def open(self, key: str) -> AbstractContextManager[Iterator[bytes]] | None:
        """The bytes in blocks; None if there is no such file."""
        ...


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
        self._known: dict[str, tuple[FileStore, str]] = {}

    def files(self) -> Iterator[tuple[str, str]]:
        for query, field in self._sources:
            store = self._stores[str(field.file)]
            for batch in self._source.batches(_attachment_query(query, field)):
                columns = [batch.column(i).to_pylist() for i in range(3)]
                for file_id, key, name in zip(*columns, strict=True):
                    if file_id in self._known:
                        _same_file(file_id, self._known[file_id], (store, key))
                        continue
                    self._known[file_id] = (store, key)
                    yield file_id, name or key.rsplit("/", 1)[-1]

    def open(self, file_id: str) -> AbstractContextManager[Iterator[bytes]] | None:
        store, key = self._known[file_id]
        return store.open(key)


def _same_file(file_id: str, known: tuple[FileStore, str], other: tuple[FileStore, str]) -> None:
    """Two files under one id would mean that one of them stays behind."""
    if known != other:
        raise InputError(
            "file_id_clash",
            f"Two files have the id '{file_id}': {known[1]} and {other[1]}.",
            remedy="Name a field in entrepot.toml whose values differ between them: { file = …, file_id = … }",
        )


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
        remedy=f"Name one in entrepot.toml: fields.{field.name} = {{ file = …, file_id = … }}",
    )
