"""The catalog of a SQLite file, from pragmas and from the CREATE texts that it keeps."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from entrepot.databases.sqlite import records
from entrepot.databases.sqlite.ddl import ForeignKeyText, TableText, read_table
from entrepot.databases.sqlite.records import ColumnRecord, ForeignKeyRecord, ObjectRecord, TriggerRecord
from entrepot.databases.sqlite.triggers import trigger_of
from entrepot.databases.sqlite.types import is_lossless, logical_type
from entrepot.model.catalog import Catalog, Check, Entity, EntityKind, Field, Index, Key, Origin, Relation
from entrepot.model.schema_objects import Sequence as Counter

GENERATED = {2: Origin.VIRTUAL, 3: Origin.STORED}
UNSEEN = 1
"""Hidden columns of virtual tables."""


def read_catalog(connection: sqlite3.Connection, path: Path) -> Catalog:
    objects = records.read(connection, "objects", ObjectRecord)
    triggers = records.read(connection, "triggers", TriggerRecord)
    reader = CatalogReader(
        connection=connection,
        estimates=records.estimates(connection),
        keys=_keys(connection, objects),
        triggers=triggers,
    )
    entities = tuple(reader.entity(o) for o in objects if o.type in ("table", "view") and o.sql is not None)
    return Catalog(
        engine="sqlite",
        version=sqlite3.sqlite_version,
        database=path.stem,
        entities=entities,
        sequences=tuple(_counters(entities, records.counters(connection))),
        not_carried=tuple(_not_carried(triggers, objects)),
    )


def definitions(connection: sqlite3.Connection) -> dict[str, str | None]:
    """The text of every table and view, by name: what `schema changed` means."""
    return {o.name: o.sql for o in records.read(connection, "objects", ObjectRecord)}


def _keys(
    connection: sqlite3.Connection, objects: Sequence[ObjectRecord]
) -> dict[str, tuple[str, Sequence[ColumnRecord]]]:
    """Every table's own name and columns, by its name in lower case: references may be written otherwise."""
    return {
        o.name.lower(): (o.name, records.read(connection, "columns", ColumnRecord, o.name))
        for o in objects
        if o.type == "table"
    }


@dataclass(frozen=True, kw_only=True)
class CatalogReader:
    connection: sqlite3.Connection
    estimates: Mapping[str, int]
    keys: Mapping[str, tuple[str, Sequence[ColumnRecord]]]
    triggers: Sequence[TriggerRecord]

    def entity(self, found: ObjectRecord) -> Entity:
        text = read_table(found.sql or "")
        columns = records.read(self.connection, "columns", ColumnRecord, found.name)
        key = primary_key(columns)
        is_view = found.type == "view"
        return Entity(
            name=found.name,
            table=found.name,
            kind=EntityKind.VIEW if is_view else EntityKind.TABLE,
            fields=tuple(_field(c, columns, text, is_view=is_view) for c in columns if c.hidden != UNSEEN),
            primary_key=key,
            keys=tuple(self._unique_keys(found.name, text)),
            relations=tuple(self._relations(found.name, text)),
            checks=tuple(_checks(text)),
            indexes=tuple(self._indexes(found.name)),
            triggers=tuple(trigger_of(t) for t in self.triggers if t.table.lower() == found.name.lower()),
            rows_estimate=self.estimates.get(found.name),
            ddl=found.sql,
        )

    def _unique_keys(self, table: str, text: TableText) -> Iterator[Key]:
        for number, parts in enumerate(records.indexes(self.connection, table), start=1):
            fields = tuple(part.column for part in parts if part.column is not None)
            if parts[0].origin == "u" and fields:
                named = text.unique_names.get(tuple(name.lower() for name in fields))
                yield Key(name=named or f"{table}_unique_{number}", fields=fields)

    def _indexes(self, table: str) -> Iterator[Index]:
        for parts in records.indexes(self.connection, table):
            first = parts[0]
            if first.origin != "c":
                continue
            plain = not first.partial and all(part.cid >= 0 for part in parts)
            fields = tuple(part.column for part in parts if part.column is not None) if plain else ()
            yield Index(name=first.name, fields=fields, unique=bool(first.is_unique), ddl=first.sql)

    def _relations(self, table: str, text: TableText) -> Iterator[Relation]:
        for number, parts in enumerate(records.foreign_keys(self.connection, table)):
            said = text.foreign_keys[number] if number < len(text.foreign_keys) else ForeignKeyText(name=None)
            if parts[0].parent.lower() in self.keys:
                yield self._relation(table, parts, said)

    def _relation(self, table: str, parts: Sequence[ForeignKeyRecord], said: ForeignKeyText) -> Relation:
        parent, columns = self.keys[parts[0].parent.lower()]
        fields = tuple(part.child_column for part in parts)
        return Relation(
            name=said.name or f"{table}_{'_'.join(fields)}_fkey",
            entity=table,
            fields=fields,
            parent=parent,
            parent_fields=_parent_fields(parts, columns),
            on_delete=parts[0].on_delete,
            on_update=parts[0].on_update,
            deferrable=said.deferrable,
            initially_deferred=said.initially_deferred,
        )


def _parent_fields(parts: Sequence[ForeignKeyRecord], columns: Sequence[ColumnRecord]) -> tuple[str, ...]:
    """Columns that a key does not name are the parent's primary key."""
    if any(part.parent_column is None for part in parts):
        return primary_key(columns)[: len(parts)]
    own = {column.name.lower(): column.name for column in columns}
    return tuple(own.get(name.lower(), name) for part in parts if (name := part.parent_column) is not None)


def primary_key(columns: Sequence[ColumnRecord]) -> tuple[str, ...]:
    return tuple(c.name for c in sorted(columns, key=lambda c: c.key_place) if c.key_place)


def _field(column: ColumnRecord, columns: Sequence[ColumnRecord], text: TableText, *, is_view: bool) -> Field:
    said = text.columns.get(column.name.lower())
    kind = logical_type(column.type)
    return Field(
        name=column.name,
        type=kind,
        native="" if is_view else column.type,  # a view's values may be of any type, whatever its columns declare
        nullable=not column.not_null and not _is_rowid(column, columns, text),
        default=column.default_value,
        origin=_origin(column, columns, text),
        expression=said.expression if said and column.hidden in GENERATED else None,
        collation=said.collation if said else None,
        lossless=is_lossless(column.type, kind.kind),
    )


def _origin(column: ColumnRecord, columns: Sequence[ColumnRecord], text: TableText) -> Origin:
    if column.hidden in GENERATED:
        return GENERATED[column.hidden]
    return Origin.AUTO_INCREMENT if _is_rowid(column, columns, text) else Origin.PLAIN


def _is_rowid(column: ColumnRecord, columns: Sequence[ColumnRecord], text: TableText) -> bool:
    """INTEGER PRIMARY KEY, alone and by exactly this name, is another name of the rowid."""
    alone = bool(column.key_place) and len(primary_key(columns)) == 1
    return alone and column.type.upper() == "INTEGER" and not text.without_rowid and not text.descending_key


def _checks(text: TableText) -> Iterator[Check]:
    for number, check in enumerate(text.checks, start=1):
        yield Check(name=check.name or f"check_{number}", expression=check.expression)


def _counters(entities: Sequence[Entity], reached: Mapping[str, int]) -> Iterator[Counter]:
    for entity in entities:
        if entity.name in reached and len(entity.primary_key) == 1:
            owner = (entity.name, entity.primary_key[0])
            yield Counter(name=entity.name, schema=None, owner=owner, last=reached[entity.name])


def _not_carried(triggers: Sequence[TriggerRecord], objects: Sequence[ObjectRecord]) -> Iterator[str]:
    for trigger in triggers:
        yield f"trigger {trigger.name} on {trigger.table}"
    for found in objects:
        if found.type == "virtual":
            yield f"virtual table {found.name}"
