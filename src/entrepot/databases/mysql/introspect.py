"""The catalog of a MySQL or MariaDB database: a handful of queries over all tables, put together by name."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar

from entrepot.databases.mysql.columns import field_of
from entrepot.databases.mysql.failures import number_of
from entrepot.databases.mysql.indexes import by_name, index_of, is_key, primary_clause, whole_fields
from entrepot.databases.mysql.names import quote
from entrepot.databases.mysql.records import (
    CheckRecord,
    ColumnRecord,
    ForeignKeyRecord,
    IndexRecord,
    NotCarriedRecord,
    RightsRecord,
    TableRecord,
    TriggerRecord,
    read,
)
from entrepot.model.catalog import Catalog, Check, Entity, EntityKind, Key, Relation
from entrepot.model.schema_objects import Sequence as Counter
from entrepot.model.triggers import Timing, Trigger, events_in

if TYPE_CHECKING:
    from entrepot.databases.mysql.connect import Connection

TABLES = ("BASE TABLE", "SYSTEM VERSIONED")
TRANSACTIONAL = frozenset({"innodb", "rocksdb", "tokudb", "ndbcluster", "ndb"})
JSON_CHECK = re.compile(r"json_valid\(`(.*)`\)", re.DOTALL | re.IGNORECASE)
SHOWN = 12
"""So many names of a kind that does not travel are listed; the count is always exact."""
DENIED = frozenset({1142, 1143, 1227})


class _OfTable(Protocol):
    @property
    def table(self) -> str: ...


T = TypeVar("T", bound=_OfTable)


@dataclass(frozen=True, kw_only=True)
class _Found:
    """What the queries brought, by table name."""

    tables: Mapping[str, TableRecord]
    columns: Mapping[str, Sequence[ColumnRecord]]
    indexes: Mapping[str, Sequence[IndexRecord]]
    foreign_keys: Mapping[str, Sequence[ForeignKeyRecord]]
    checks: Mapping[str, Sequence[CheckRecord]]
    triggers: Mapping[str, Sequence[TriggerRecord]]
    is_mariadb: bool


def read_catalog(connection: Connection) -> Catalog:
    version = connection.get_server_info()
    found = _read(connection, is_mariadb="mariadb" in version.lower())
    shown = [record for record in found.tables.values() if record.kind != "SEQUENCE" and record.name in found.columns]
    return Catalog(
        engine="mysql",
        version=version.removeprefix("5.5.5-"),
        database=connection.db.decode() if isinstance(connection.db, bytes) else str(connection.db),
        entities=tuple(_entity(record, found, table_ddl(connection, record)) for record in shown),
        sequences=tuple(_counters(connection, found)),
        not_carried=tuple(_not_carried(connection, found)),
    )


def _read(connection: Connection, *, is_mariadb: bool) -> _Found:
    return _Found(
        tables={record.name: record for record in read(connection, "tables", TableRecord)},
        columns=_grouped(read(connection, "columns", ColumnRecord)),
        indexes=_grouped(read(connection, "indexes", IndexRecord)),
        foreign_keys=_grouped(read(connection, "foreign_keys", ForeignKeyRecord)),
        checks=_grouped(read(connection, "checks" if is_mariadb else "checks_mysql", CheckRecord)),
        triggers=_grouped(read(connection, "triggers", TriggerRecord)),
        is_mariadb=is_mariadb,
    )


def _grouped(records: Iterable[T]) -> Mapping[str, Sequence[T]]:
    groups: defaultdict[str, list[T]] = defaultdict(list)
    for record in records:
        groups[record.table].append(record)
    return groups


def table_ddl(connection: Connection, record: TableRecord) -> str | None:
    """The server's own CREATE TABLE; None for views, and for tables that we may not read in full."""
    import pymysql

    if record.kind not in TABLES:
        return None
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"SHOW CREATE TABLE {quote(record.name)}")
            row = cursor.fetchone()
    except pymysql.Error as error:
        if number_of(error) in DENIED:
            return None
        raise
    return str(row[1]) if row else None


def _entity(record: TableRecord, found: _Found, ddl: str | None) -> Entity:
    name = record.name
    checks = found.checks.get(name, ())
    json_fields = frozenset(m[1].replace("``", "`") for c in checks if (m := JSON_CHECK.fullmatch(c.expression)))
    indexes = by_name(found.indexes.get(name, ()))
    is_table = record.kind in TABLES
    return Entity(
        name=name,
        table=name,
        kind=EntityKind.TABLE if is_table else EntityKind.VIEW,
        fields=tuple(
            field_of(column, is_json=column.name in json_fields, is_mariadb=found.is_mariadb)
            for column in found.columns[name]
        ),
        primary_key=tuple(part.field for part in indexes.get("PRIMARY", ()) if part.field),
        primary_key_ddl=primary_clause(indexes.get("PRIMARY", ())),
        keys=tuple(Key(name=key, fields=whole_fields(parts)) for key, parts in indexes.items() if is_key(parts)),
        relations=tuple(_relations(name, found)),
        checks=tuple(_checks(checks)),
        indexes=tuple(index_of(key, parts) for key, parts in indexes.items() if key != "PRIMARY" and not is_key(parts)),
        triggers=tuple(map(_trigger, found.triggers.get(name, ()))),
        comment=(record.comment or None) if is_table else None,
        rows_estimate=record.estimate if is_table else None,
        transactional=not is_table or (record.engine or "").lower() in TRANSACTIONAL,
        ddl=ddl,
    )


def _checks(records: Sequence[CheckRecord]) -> Iterator[Check]:
    """Without those that only say «this is JSON», which the type says. A column's check needs no name."""
    for record in records:
        if not JSON_CHECK.fullmatch(record.expression):
            named = "" if record.level == "Column" else f"CONSTRAINT {quote(record.name)} "
            yield Check(name=record.name, expression=record.expression, ddl=f"{named}CHECK ({record.expression})")


def _trigger(record: TriggerRecord) -> Trigger:
    events = events_in(record.events.split(","))
    return Trigger(name=record.name, timing=Timing(record.timing.lower()), events=events)


def _relations(table: str, found: _Found) -> Iterator[Relation]:
    """A key into another database cannot be followed, so it is none."""
    groups: dict[str, list[ForeignKeyRecord]] = {}
    for record in found.foreign_keys.get(table, ()):
        groups.setdefault(record.name, []).append(record)
    for name, parts in groups.items():
        if parts[0].parent_schema is None and parts[0].parent in found.tables:
            yield Relation(
                name=name,
                entity=table,
                fields=tuple(part.field for part in parts),
                parent=parts[0].parent,
                parent_fields=tuple(part.parent_field for part in parts),
                on_delete=parts[0].on_delete,
                on_update=parts[0].on_update,
            )


def _counters(connection: Connection, found: _Found) -> Iterator[Counter]:
    for record in found.tables.values():
        if record.kind == "SEQUENCE":
            with connection.cursor() as cursor:
                cursor.execute(f"SHOW CREATE SEQUENCE {quote(record.name)}")
                ddl = cursor.fetchone()
                cursor.execute(f"SELECT next_not_cached_value FROM {quote(record.name)}")
                following = cursor.fetchone()
            if ddl and following:
                yield Counter(name=record.name, schema=None, ddl=str(ddl[1]), last=int(following[0]))


def _not_carried(connection: Connection, found: _Found) -> Iterator[str]:
    """`3 triggers: ins_film on film, …`, one line per kind."""
    kinds: defaultdict[str, list[str]] = defaultdict(list)
    for record in read(connection, "not_carried", NotCarriedRecord):
        kinds[record.kind].append(record.name)
    for record in found.tables.values():
        if record.name not in found.columns and record.kind != "SEQUENCE":
            kinds["views that are broken or refer to what we may not see"].append(record.name)
    for foreign in (key for keys in found.foreign_keys.values() for key in keys if key.parent_schema):
        kinds["foreign keys into other databases"].append(f"{foreign.name} on {foreign.table}")
    for kind, names in kinds.items():
        more = ", …" if len(names) > SHOWN else ""
        yield f"{len(names)} {kind}: {', '.join(names[:SHOWN])}{more}"
    if not any(record.rights for record in read(connection, "rights", RightsRecord)):
        yield "tables on which this user has no rights at all, if there are any: the server hides them"
