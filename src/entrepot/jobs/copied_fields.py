"""Where the rows of each entity go in the other database, and which of their fields have a place there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from entrepot.importing.mapping import map_columns
from entrepot.jobs.copied_tenants import Coming, request_for
from entrepot.model.brief import listed
from entrepot.model.bundles import BundleRequest
from entrepot.model.catalog import COMPUTED, Catalog, Entity
from entrepot.model.drafts import Mode
from entrepot.model.errors import InputError
from entrepot.model.names import entity_names, field_names
from entrepot.model.plans import ImportRequest
from entrepot.model.selection import Column, Query
from entrepot.model.suggest import unknown
from entrepot.model.table_names import TableName, assigned, meant_by

SHOWN = 3


@dataclass(frozen=True, kw_only=True)
class Fitted:
    """An entity, without the fields that go nowhere, and what is asked of it."""

    query: Query
    name: TableName
    request: ImportRequest


def fitted(
    queries: Sequence[Query], asked: BundleRequest, source: str, catalog: Catalog, tenant: Coming | None
) -> list[Fitted]:
    """`catalog` is that of the database they go into. What has no place there is refused before a row is read."""
    names = [TableName(file=source, table=query.title, alone=False) for query in queries]
    own = {at: asked.tables[word] for word, at in meant_by(asked.tables, names).items()}
    _check_ignored(queries, [asked.each, *own.values()])
    missing: list[str] = []
    keyless: list[str] = []
    found: list[Fitted] = []
    for at, entity in enumerate(assigned(names, asked.into, catalog)):
        if entity is not None:
            target = entity_names(catalog).find(entity)
            request = replace(request_for(own.get(at, asked.each), target, tenant, catalog), entity=entity)
            goes, missed = _places(queries[at], target, request)
            missing += [f"{queries[at].title}.{column.name}" for column in missed]
            keyless += [queries[at].title] if _has_no_key(target, request) else []
            found.append(_fitted(queries[at], names[at], request, goes))
    if missing:
        raise _no_place(missing, catalog)
    if keyless:
        raise _no_key(keyless, catalog)
    if not found:
        raise InputError("nothing_to_import", "All entities are left out.", remedy="Say where one of them goes.")
    return found


def _fitted(query: Query, name: TableName, request: ImportRequest, goes: dict[str, str]) -> Fitted:
    """What is known of other files does not matter here, and nothing is guessed: names are those of databases."""
    columns = tuple(column for column in query.columns if column.name in goes)
    mapping = replace(request.mapping, ignored=(), remembered=goes, guess=False)
    return Fitted(query=replace(query, columns=columns), name=name, request=replace(request, mapping=mapping))


def _places(query: Query, target: Entity, request: ImportRequest) -> tuple[dict[str, str], list[Column]]:
    """Column → field; and those that have none, although they hold something of their own."""
    columns = [column for column in query.columns if column.name not in request.mapping.ignored]
    _check_names(query, columns)
    asked = replace(request.mapping, ignored=(), guess=False)
    mapped = map_columns([column.name for column in columns], target, asked).mapped
    goes = {name: one.field for one in mapped for name in one.columns}
    said = {one.field for one in mapped if not one.columns}
    return goes, [column for column in columns if column.name not in goes and not _is_made(column, target, said)]


def _check_names(query: Query, columns: Sequence[Column]) -> None:
    """What has no name cannot be found again by it."""
    if not all(column.name.strip() for column in columns):
        raise InputError(
            "blank_name",
            f"'{query.title}' has a field whose name is blank.",
            remedy=f"Copy the others: --fields {query.title}:A,B.",
        )


def _is_made(column: Column, target: Entity, said: set[str]) -> bool:
    """By one of the databases, or by a word that holds for all rows."""
    field = field_names(target).get(column.name)
    there = field is not None and (field.origin in COMPUTED or field.name in said)
    return there or column.field.origin in COMPUTED


def _check_ignored(queries: Sequence[Query], requests: Sequence[ImportRequest]) -> None:
    known = {column.name for query in queries for column in query.columns}
    for name in {name for request in requests for name in request.mapping.ignored} - known:
        raise unknown("field", name, known, "what is copied")


def _has_no_key(target: Entity, request: ImportRequest) -> bool:
    """Whether nothing says which of its rows a record is."""
    known = target.primary_key or target.natural_key or target.keys or request.key
    return request.mode is not Mode.CREATE and not known


def _no_key(keyless: Sequence[str], catalog: Catalog) -> InputError:
    """All of them, and not one after the other."""
    without = " ".join(f"--exclude {title}" for title in keyless[:SHOWN])
    return InputError(
        "no_key",
        f"In the database {catalog.database}, rows of {listed(keyless)} have no key by which they could be found.",
        remedy=f"Say what identifies a row, --key {keyless[0]}:FIELD,FIELD, leave them out, {without}, or let all rows"
        " be new ones, --mode create.",
    )


def _no_place(missing: Sequence[str], catalog: Catalog) -> InputError:
    entity, _, field = missing[0].rpartition(".")
    return InputError(
        "field_not_there",
        f"The database {catalog.database} has no place for {listed(missing)}.",
        remedy=f"Leave them out, --ignore {entity}:{field}, or say where they go, --rename {entity}:{field}=FIELD.",
    )
