"""How a `.sql` export for MySQL and MariaDB is written: INSERT statements in one transaction.

Loads with `mariadb --default-character-set=utf8mb4 DATABASE < FILE` (or `mysql`) into an empty database. Tables come
before the rows and commit by themselves, as all DDL does; rows are committed together, after every reference was
looked up, or not at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from entrepot.databases.mysql import mapping
from entrepot.databases.mysql.definitions import create_table, script_table
from entrepot.databases.mysql.losses import losses
from entrepot.databases.mysql.names import SCRIPT_ESCAPES, quote
from entrepot.databases.mysql.types import GEOMETRIES
from entrepot.model.catalog import Catalog, Entity, Field, Relation
from entrepot.model.selection import Column
from entrepot.model.templates import Escape, Form, Slot
from entrepot.model.types import NUMBERS, Kind

SETTINGS = {
    "time_zone": "'+00:00'",
    "autocommit": "0",
    # a key of 0 stays 0; what does not fit is an error; dates that were kept once can be kept again
    "sql_mode": "'NO_AUTO_VALUE_ON_ZERO,STRICT_ALL_TABLES,ALLOW_INVALID_DATES'",
}
RARE = {character: escape for character, escape in SCRIPT_ESCAPES.items() if character not in "\\'"}
QUOTED = Escape(
    name="mysql_text",
    null="NULL",
    open="'",
    close="'",
    replace=(("\\", "\\\\"), ("'", "''")),
    rare_characters="".join(RARE),
    rare=tuple(RARE.items()),
)
PLAIN = Escape(name="mysql_plain", null="NULL", open="'", close="'")
BARE = Escape(name="mysql_bare", null="NULL")
NUMBER = Escape(name="mysql_number", null="NULL", open="'", close="'", wrap_when="NI")
"""Digits stand bare; NaN and Infinity would be names of columns."""
BYTES = Escape(name="mysql_bytes", null="NULL", open="X'", close="'")
SHAPE = replace(QUOTED, name="mysql_shape", null="NULL", open="ST_GeomFromText('", close="')")
TAME = frozenset({Kind.DATE, Kind.TIME, Kind.TIMESTAMP, Kind.TIMESTAMP_TZ, Kind.UUID, Kind.INTERVAL})
"""Kinds whose text has nothing to escape."""


class MySqlScript:
    name = mapping.NAME
    one_block = False
    copy_text = False
    row_open = "("
    row_close = ")"
    row_separator = ",\n"
    field_separator = ","

    def opening(self, catalog: Catalog, entities: Sequence[Entity]) -> str:
        lines = [
            "-- Load into an empty database: mariadb --default-character-set=utf8mb4 DATABASE < FILE",
            "SET NAMES utf8mb4;",
            *(line for name, value in _settings(entities).items() for line in _set(name, value)),
            *(_counters(catalog) if mapping.is_ours(catalog.engine) else ()),
        ]
        return "".join(f"{line}\n" for line in lines)

    def create(self, entity: Entity, catalog: Catalog) -> str:
        return create_table(entity, catalog)

    def begin_rows(self, entity: Entity, columns: Sequence[Column]) -> str:
        names = ", ".join(quote(column.name) for column in columns)
        return f"INSERT INTO {script_table(entity)} ({names}) VALUES\n"

    def end_rows(self) -> str:
        return ";\n"

    def slot(self, column: Column) -> Slot:
        text = Slot(column=column.name, form=Form.TEXT, escape=QUOTED)
        form, escape = (Form.TEXT, QUOTED) if column.transforms else _way(column.field)
        return text if escape is QUOTED else Slot(column=column.name, form=form, escape=escape, otherwise=text)

    def closing(self, catalog: Catalog, entities: Sequence[Entity]) -> str:
        lines = [
            *_reference_checks(catalog, entities),
            "COMMIT;",
            *_counted(catalog, entities),
            *(f"SET SESSION {name} = @entrepot_{name};" for name in _settings(entities)),
        ]
        return "".join(f"{line}\n" for line in lines)

    def notes(self, entity: Entity, source_engine: str) -> Iterator[str]:
        return losses(entity, source_engine)


def _settings(entities: Sequence[Entity]) -> dict[str, str]:
    """Unique keys stay checked row by row. References are left to the end only where this script looks them up
    itself; a script without tables has none, so that the database goes on checking its own."""
    referring = any(entity.relations for entity in entities)
    return {**SETTINGS, "foreign_key_checks": "0"} if referring else SETTINGS


def _set(name: str, value: str) -> Iterator[str]:
    yield f"SET @entrepot_{name} = @@SESSION.{name};"
    yield f"SET SESSION {name} = {value};"


def _way(field: Field) -> tuple[Form, Escape]:
    kind = field.type.kind
    if kind is Kind.BYTES:
        return Form.HEX, BYTES
    if kind is Kind.BOOLEAN:
        return Form.BIT, BARE
    if kind in NUMBERS:
        too_long = (field.type.precision or 0) > mapping.MOST_DIGITS
        return Form.TEXT, PLAIN if too_long else NUMBER
    if kind in TAME:
        return Form.NAIVE, PLAIN
    # PostgreSQL has a `point` too, whose text is no WKT; only our own shapes are marked as lossy
    if kind is Kind.OTHER and not field.lossless and field.native.lower().split("(")[0] in GEOMETRIES:
        return Form.TEXT, SHAPE
    return Form.TEXT, QUOTED


def _reference_checks(catalog: Catalog, entities: Sequence[Entity]) -> Iterator[str]:
    """MySQL never looks back at rows that came while its checks were off, so an orphan would stay unseen.

    A subquery of two rows where one is allowed is the only error that plain SQL can raise at will (1242); the client
    stops there, before COMMIT."""
    relations = [r for e in entities for r in e.relations if not r.declared and r.parent in catalog.by_name]
    if relations:
        yield "-- Every reference is looked up; «Subquery returns more than 1 row» means that a parent is missing."
    for relation in relations:
        two = "(SELECT 1 AS n UNION ALL SELECT 2) two"
        yield f"SET @entrepot_orphans = (SELECT two.n FROM {two} WHERE EXISTS ({_orphans(relation, catalog)}));"


def _orphans(relation: Relation, catalog: Catalog) -> str:
    child, parent = script_table(catalog.entity(relation.entity)), script_table(catalog.entity(relation.parent))
    given = " AND ".join(f"c.{quote(name)} IS NOT NULL" for name in relation.fields)
    pairs = zip(relation.parent_fields, relation.fields, strict=True)
    same = " AND ".join(f"p.{quote(theirs)} = c.{quote(ours)}" for theirs, ours in pairs)
    return f"SELECT 1 FROM {child} c WHERE {given} AND NOT EXISTS (SELECT 1 FROM {parent} p WHERE {same})"


def _counters(catalog: Catalog) -> Iterator[str]:
    """Sequences of MariaDB go on where they were."""
    for counter in catalog.sequences:
        yield f"{counter.ddl};"
        if counter.last is not None:
            yield f"DO SETVAL({quote(counter.name)}, {counter.last}, 0);"


def _counted(catalog: Catalog, entities: Sequence[Entity]) -> Iterator[str]:
    """A counter that was further than the highest number given stays there; InnoDB sees to the rest."""
    last = {counter.owner: counter.last for counter in catalog.sequences if counter.owner and counter.last}
    for entity in entities:
        for field in entity.fields:
            number = last.get((entity.name, field.name))
            if number and number > 0 and mapping.counts(entity, field) and not mapping.is_ours(catalog.engine):
                yield f"ALTER TABLE {script_table(entity)} AUTO_INCREMENT = {number + 1};"
