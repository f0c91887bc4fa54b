"""How a `.sql` export for PostgreSQL is written: COPY blocks in one transaction, keys after the rows.

Loads with `psql -X -v ON_ERROR_STOP=1 -d DATABASE -f FILE` into an empty database: whole or not at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from entrepot.databases.postgres import definitions, mapping
from entrepot.databases.postgres.names import literal, quote, table_name
from entrepot.model.catalog import Catalog, Entity, Origin
from entrepot.model.schema_objects import Sequence as Counter
from entrepot.model.selection import Column
from entrepot.model.templates import Escape, Form, Slot

SETTINGS = """\
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SET check_function_bodies = off;
SET client_min_messages = warning;
SET "TimeZone" = 'UTC';
SET "DateStyle" = 'ISO, YMD';
SET "IntervalStyle" = 'iso_8601';
SET lc_monetary = 'C';
SET xmloption = content;
SET statement_timeout = 0;
"""
CONTROLS = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\v": "\\v", "\f": "\\f", "\r": "\\r"}
COPY_TEXT = Escape(
    name="copy_text",
    null="\\N",
    replace=(("\\", "\\\\"),),
    rare_characters="".join(CONTROLS),
    rare=tuple(CONTROLS.items()),
)
"""The text format of COPY, byte for byte as the server writes it."""


class PostgresScript:
    name = "postgres"
    one_block = True
    copy_text = True
    row_open = ""
    row_close = "\n"
    row_separator = ""
    field_separator = "\t"

    def opening(self, catalog: Catalog, entities: Sequence[Entity]) -> str:
        ours = mapping.is_ours(catalog.engine)
        return "".join(
            (
                "-- Load into an empty database: psql -X -v ON_ERROR_STOP=1 -d DATABASE -f FILE\n",
                SETTINGS,
                "BEGIN;\n",
                *_schemas(catalog, entities),
                f"SET LOCAL search_path = {quote(_default_schema(entities))};\n",
                *(_ours(catalog, entities) if ours else ()),
                "\n",
            )
        )

    def create(self, entity: Entity, catalog: Catalog) -> str:
        return definitions.create_table(entity, catalog)

    def begin_rows(self, entity: Entity, columns: Sequence[Column]) -> str:
        names = ", ".join(quote(column.name) for column in columns)
        return f"COPY {table_name(entity)} ({names}) FROM stdin;\n"

    def end_rows(self) -> str:
        return "\\.\n\n"

    def slot(self, column: Column) -> Slot:
        return Slot(column=column.name, form=Form.TEXT, escape=COPY_TEXT)

    def closing(self, catalog: Catalog, entities: Sequence[Entity]) -> str:
        chosen = frozenset(entity.name for entity in entities)
        return "".join(f"{line}\n" for line in (*_closing(catalog, entities, chosen), "COMMIT;"))

    def notes(self, entity: Entity, source_engine: str) -> Iterator[str]:
        return mapping.losses(entity, source_engine)


def _closing(catalog: Catalog, entities: Sequence[Entity], chosen: frozenset[str]) -> Iterator[str]:
    for entity in entities:
        yield from definitions.keys_and_indexes(entity, catalog.engine)
    for entity in entities:
        yield from definitions.foreign_keys(entity, catalog, chosen)
        yield from definitions.heritage(entity, catalog, chosen)
        yield from definitions.comments(entity)
    yield from _counters(catalog, entities)


def _counters(catalog: Catalog, entities: Sequence[Entity]) -> Iterator[str]:
    """The next number must be free, also for rows that came after the sequence was looked at."""
    if not mapping.is_ours(catalog.engine):
        yield from _new_counters(entities)
        return
    chosen = {entity.name for entity in entities}
    for counter in catalog.sequences:
        if counter.owner is None or counter.owner[0] in chosen:
            yield from _counter(counter, entities)


def _counter(counter: Counter, entities: Sequence[Entity]) -> Iterator[str]:
    choose, furthest = ("LEAST", "min") if "INCREMENT BY -" in counter.ddl else ("GREATEST", "max")
    reached = [] if counter.last is None else [str(counter.last)]
    for entity, field in definitions.users(counter, entities):
        reached.append(f"(SELECT {furthest}({quote(field.name)}) FROM {table_name(entity)})")
        if counter.owner and field.origin is Origin.AUTO_INCREMENT:
            column = f"{table_name(entity)}.{quote(field.name)}"
            yield f"ALTER SEQUENCE {definitions.qualified(counter)} OWNED BY {column};"
    if reached:
        name = literal(definitions.qualified(counter))
        yield f"SELECT pg_catalog.setval({name}, {choose}({', '.join(reached)}), true);"


def _new_counters(entities: Iterable[Entity]) -> Iterator[str]:
    for entity in entities:
        for field in entity.fields:
            if field.origin is Origin.AUTO_INCREMENT:
                sequence = f"pg_catalog.pg_get_serial_sequence({literal(table_name(entity))}, {literal(field.name)})"
                yield f"SELECT pg_catalog.setval({sequence}, max({quote(field.name)})) FROM {table_name(entity)};"


def _default_schema(entities: Sequence[Entity]) -> str:
    """Where names without a schema live: needed by functions that were written for it."""
    return next((e.schema for e in entities if e.schema and e.name == e.table), "public")


def _schemas(catalog: Catalog, entities: Sequence[Entity]) -> Iterator[str]:
    named = {entity.schema for entity in entities}
    if mapping.is_ours(catalog.engine):
        named |= {thing.schema for thing in (*catalog.types, *_own_counters(catalog, entities))}
    for schema in sorted(name for name in named if name and name != "public"):
        yield f"CREATE SCHEMA IF NOT EXISTS {quote(schema)};\n"


def _ours(catalog: Catalog, entities: Sequence[Entity]) -> Iterator[str]:
    for extension in catalog.extensions:
        yield f"CREATE EXTENSION IF NOT EXISTS {extension};\n"
    for named in catalog.types:
        yield f"{named.ddl}\n"
    for counter in _own_counters(catalog, entities):
        yield f"{counter.ddl};\n"
    for routine in catalog.routines:
        yield f"{routine}\n"


def _own_counters(catalog: Catalog, entities: Sequence[Entity]) -> Iterator[Counter]:
    """Those that nobody owns, and those of the chosen entities; an identity column brings its own."""
    chosen = {entity.name for entity in entities}
    for counter in catalog.sequences:
        is_identity = counter.ddl.startswith("SEQUENCE NAME ")
        if not is_identity and (counter.owner is None or counter.owner[0] in chosen):
            yield counter
