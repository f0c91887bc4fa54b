"""The catalog of a PostgreSQL database: a handful of queries over all schemas, put together by table number."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar

from entrepot.databases.postgres.records import (
    ColumnRecord,
    ConstraintRecord,
    DefinitionRecord,
    IndexRecord,
    NotCarriedRecord,
    RelationRecord,
    SequenceRecord,
    TriggerRecord,
    TypeRecord,
    read,
)
from entrepot.databases.postgres.types import TypeBook, travels_unchanged
from entrepot.model.catalog import (
    Catalog,
    Check,
    Entity,
    EntityKind,
    Field,
    Index,
    Key,
    Origin,
    Relation,
)
from entrepot.model.schema_objects import Sequence as Counter
from entrepot.model.triggers import Timing, Trigger, events_in

if TYPE_CHECKING:
    import psycopg

ACTIONS = {"a": "NO ACTION", "r": "RESTRICT", "c": "CASCADE", "n": "SET NULL", "d": "SET DEFAULT"}
IDENTITY = {"a": Origin.IDENTITY_ALWAYS, "d": Origin.IDENTITY}
GENERATED = {"s": Origin.STORED, "v": Origin.VIRTUAL}
COUNTER_DEFAULT = re.compile(r"nextval\('.*'::regclass\)$", re.DOTALL)
SHOWN = 12
"""So many names of a kind that does not travel are listed; the count is always exact."""


class _OfRelation(Protocol):
    @property
    def relation(self) -> int: ...


T = TypeVar("T", bound=_OfRelation)


@dataclass(frozen=True, kw_only=True)
class _Found:
    """What the queries brought, by table number."""

    names: Mapping[int, str]
    columns: Mapping[int, Sequence[ColumnRecord]]
    constraints: Mapping[int, Sequence[ConstraintRecord]]
    indexes: Mapping[int, Sequence[IndexRecord]]
    triggers: Mapping[int, Sequence[TriggerRecord]]
    types: TypeBook
    default_schema: str


def read_catalog(connection: psycopg.Connection, default_schema: str) -> Catalog:
    relations = read(connection, "relations", RelationRecord)
    found = _read_details(connection, relations, default_schema)
    extensions = read(connection, "extensions", DefinitionRecord, {"default_schema": default_schema})
    return Catalog(
        engine="postgres",
        version=connection.info.parameter_status("server_version") or str(connection.info.server_version),
        database=connection.info.dbname,
        entities=tuple(_entity(relation, found) for relation in relations),
        types=found.types.named(default_schema),
        sequences=tuple(_counter(record, found) for record in read(connection, "sequences", SequenceRecord)),
        extensions=tuple(record.ddl for record in extensions),
        routines=tuple(record.ddl for record in read(connection, "routines", DefinitionRecord)),
        not_carried=tuple(_summaries(read(connection, "not_carried", NotCarriedRecord))),
    )


def _read_details(connection: psycopg.Connection, relations: Sequence[RelationRecord], default_schema: str) -> _Found:
    return _Found(
        names={r.id: r.name if r.schema == default_schema else f"{r.schema}.{r.name}" for r in relations},
        columns=_grouped(read(connection, "columns", ColumnRecord)),
        constraints=_grouped(read(connection, "constraints", ConstraintRecord)),
        indexes=_grouped(read(connection, "indexes", IndexRecord)),
        triggers=_grouped(read(connection, "triggers", TriggerRecord)),
        types=TypeBook(read(connection, "types", TypeRecord)),
        default_schema=default_schema,
    )


def _grouped(records: Iterable[T]) -> Mapping[int, Sequence[T]]:
    groups: defaultdict[int, list[T]] = defaultdict(list)
    for record in records:
        groups[record.relation].append(record)
    return groups


def _entity(relation: RelationRecord, found: _Found) -> Entity:
    constraints = found.constraints.get(relation.id, ())
    primary = next((c for c in constraints if c.kind == "p"), None)
    return Entity(
        name=found.names[relation.id],
        table=relation.name,
        schema=relation.schema,
        kind=EntityKind.TABLE if relation.kind in "rp" else EntityKind.VIEW,
        fields=tuple(_field(column, found.types) for column in found.columns.get(relation.id, ())),
        primary_key=tuple(primary.fields) if primary else (),
        primary_key_ddl=primary.ddl if primary else None,
        keys=tuple(Key(name=c.name, fields=tuple(c.fields), ddl=c.ddl) for c in constraints if c.kind == "u"),
        relations=tuple(_relations(relation, constraints, found)),
        checks=tuple(
            Check(name=c.name, expression=c.expression or "", ddl=c.ddl) for c in constraints if c.kind == "c"
        ),
        indexes=tuple(_indexes(relation, constraints, found)),
        triggers=tuple(map(_trigger, found.triggers.get(relation.id, ()))),
        comment=relation.comment,
        rows_estimate=relation.estimate,
        only=relation.heirs,
        inherits=tuple(found.names[parent] for parent in relation.parents if parent in found.names),
    )


def _field(column: ColumnRecord, types: TypeBook) -> Field:
    logical = types.logical(column.type, column.modifier)
    computed = column.generated in GENERATED
    return Field(
        name=column.name,
        type=logical,
        native=column.native,
        nullable=column.nullable,
        default=None if computed else column.expression,
        origin=_origin(column),
        expression=column.expression if computed else None,
        collation=column.collation,
        comment=column.comment,
        lossless=travels_unchanged(types.base_name(column.type), logical),
    )


def _origin(column: ColumnRecord) -> Origin:
    if column.generated in GENERATED:
        return GENERATED[column.generated]
    if column.identity in IDENTITY:
        return IDENTITY[column.identity]
    if column.expression and COUNTER_DEFAULT.match(column.expression):
        return Origin.AUTO_INCREMENT
    return Origin.PLAIN


def _relations(relation: RelationRecord, constraints: Sequence[ConstraintRecord], found: _Found) -> Iterator[Relation]:
    """A key into a table that is no entity (an extension's, a partition) cannot be followed, so it is none."""
    for record in constraints:
        if record.kind == "f" and record.parent in found.names:
            yield Relation(
                name=record.name,
                entity=found.names[relation.id],
                fields=tuple(record.fields),
                parent=found.names[record.parent],
                parent_fields=tuple(record.parent_fields),
                on_delete=ACTIONS[record.on_delete],
                on_update=ACTIONS[record.on_update],
                deferrable=record.deferrable,
                initially_deferred=record.deferred,
                validated=record.validated,
                ddl=record.ddl,
            )


def _indexes(relation: RelationRecord, constraints: Sequence[ConstraintRecord], found: _Found) -> Iterator[Index]:
    for record in found.indexes.get(relation.id, ()):
        yield Index(name=record.name, fields=tuple(record.fields), unique=record.is_unique, ddl=record.ddl)
    for constraint in constraints:
        if constraint.kind == "x":  # an exclusion constraint is an index that only ADD CONSTRAINT can make
            yield Index(name=constraint.name, fields=(), ddl=constraint.ddl)


def _trigger(record: TriggerRecord) -> Trigger:
    timing, events = Timing(record.timing), events_in(record.events)
    return Trigger(name=record.name, timing=timing, events=events, rule=record.rule)


def _counter(record: SequenceRecord, found: _Found) -> Counter:
    owner = found.names.get(record.owner_relation) if record.owner_relation else None
    return Counter(
        name=record.name,
        schema=record.schema,
        owner=(owner, record.owner_field) if owner and record.owner_field else None,
        ddl=record.ddl,
        last=record.last,
    )


def _summaries(records: Sequence[NotCarriedRecord]) -> Iterator[str]:
    """`15 triggers: last_updated on actor, …`, one line per kind."""
    kinds: defaultdict[str, list[str]] = defaultdict(list)
    for record in records:
        kinds[record.kind].append(record.name)
    for kind, names in kinds.items():
        more = ", …" if len(names) > SHOWN else ""
        yield f"{len(names)} {kind}: {', '.join(names[:SHOWN])}{more}"
